import type { ByteSink } from './byte-sink.js';
import type { TimeUnit } from './column.js';

const TWO_32 = 2 ** 32;
const DAY_SECONDS = 86_400;
const DAY_MS = 86_400_000;
const MAX_TIME = 8.64e15;
/** The years 0 to 9999, which have four digits. */
const FIRST_DAY = -719_528;
const LAST_DAY = 2_932_896;
const DIGITS: Readonly<Record<TimeUnit, number>> = {
  second: 0,
  millisecond: 3,
  microsecond: 6,
  nanosecond: 9,
};

/**
 * Writes `2024-05-01`, digit by digit.
 * @param days since 1970
 * @returns false, with nothing written, for a year of other than four digits
 */
export function writeDay(sink: ByteSink, days: number): boolean {
  if (!(days >= FIRST_DAY && days <= LAST_DAY)) return false;
  // Years begin in March here, so that the odd day of a leap year is its last (H. Hinnant, chrono-compatible algorithms).
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const month = ((5 * dayOfYear + 2) / 153) | 0;
  sink.digits(yearOfEra + era * 400 + (month >= 10 ? 1 : 0), 4);
  sink.byte(0x2d);
  sink.digits(month >= 10 ? month - 9 : month + 3, 2);
  sink.byte(0x2d);
  sink.digits(dayOfYear - (((153 * month + 2) / 5) | 0) + 1, 2);
  return true;
}

/**
 * Writes `2024-05-01T10:20:30.123`, with as many digits as the unit has.
 * @param low the lower 32 bits of the ticks since 1970
 * @param high the upper ones
 * @returns false, with nothing written, for a year of other than four digits
 */
export function writeMoment(sink: ByteSink, low: number, high: number, unit: TimeUnit): boolean {
  const digits = DIGITS[unit];
  const scale = 10 ** digits;
  // Rounded beyond 2^53, so the seconds may be off by a few; the rest, which is exact modulo 2^32, tells.
  let seconds = Math.floor((high * TWO_32 + (low >>> 0)) / scale);
  let rest = scale === 1 ? 0 : (low - Math.imul(seconds, scale)) | 0;
  for (; rest < 0; rest += scale) seconds -= 1;
  for (; rest >= scale; rest -= scale) seconds += 1;
  const days = Math.floor(seconds / DAY_SECONDS);
  if (!writeDay(sink, days)) return false;
  const second = seconds - days * DAY_SECONDS;
  sink.byte(0x54);
  sink.digits((second / 3600) | 0, 2);
  sink.byte(0x3a);
  sink.digits(((second / 60) | 0) % 60, 2);
  sink.byte(0x3a);
  sink.digits(second % 60, 2);
  if (digits === 0) return true;
  sink.byte(0x2e);
  sink.digits(rest, digits);
  return true;
}

/** The same for any year that a Date holds, more slowly; undefined beyond it. */
export function dayText(days: number): string | undefined {
  const time = days * DAY_MS;
  if (Math.abs(time) > MAX_TIME) return undefined;
  const text = new Date(time).toISOString();
  return text.slice(0, text.indexOf('T'));
}

/** The same for any year that a Date holds, more slowly; undefined beyond it. */
export function momentText(ticks: bigint, unit: TimeUnit): string | undefined {
  const digits = DIGITS[unit];
  const scale = 10n ** BigInt(digits);
  let seconds = ticks / scale;
  let rest = ticks % scale;
  if (rest < 0n) {
    rest += scale;
    seconds -= 1n;
  }
  const time = Number(seconds) * 1000;
  if (Math.abs(time) > MAX_TIME) return undefined;
  const whole = new Date(time).toISOString().slice(0, -5);
  return digits === 0 ? whole : `${whole}.${String(rest).padStart(digits, '0')}`;
}
