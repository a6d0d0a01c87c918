/**
 * Reads one cell of ASCII text as a date or a moment, strictly: only when it exists, and is spelled as it would be
 * written. Ticks are written into the array of their column in halves, since a bigint for each cell would cost ten times
 * as much.
 */
const ZERO = 0x30;
const MINUS = 0x2d;
const DOT = 0x2e;
const NOT_A_NUMBER = Number.NaN;
const TWO_32 = 4_294_967_296;
const BILLION = 1_000_000_000;

/** Days since 1970-01-01 of `YYYY-MM-DD`, or NaN; impossible dates such as 2024-02-30 are NaN. */
export function calendarDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return NOT_A_NUMBER;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NOT_A_NUMBER;
  return dayNumber(year, month, day);
}

/**
 * The spellings of a moment that come back as written: whole seconds, or 3, 6 or 9 digits more, with or without `Z`.
 */
export interface MomentForm {
  /** Digits of the fraction of a second. */
  readonly fraction: 0 | 3 | 6 | 9;
  readonly utc: boolean;
}

const FRACTIONS = [0, 3, 6, 9] as const;
const WHOLE_LENGTH = 19;
const T = 0x54;
const Z = 0x5a;
const COLON = 0x3a;

/** The form of a moment such as `2024-05-01T10:20:30.123Z`, or undefined when it is none. */
export function momentForm(bytes: Uint8Array, start: number, end: number): MomentForm | undefined {
  const utc = bytes[end - 1] === Z;
  const length = end - start - (utc ? 1 : 0);
  const fraction = FRACTIONS.find((count) => length === lengthWith(count));
  if (fraction === undefined) return undefined;
  const form: MomentForm = { fraction, utc };
  return new MomentReader(form).read(bytes, start, end, new Int32Array(2), 0) ? form : undefined;
}

/** Reads moments of one form. Remembers the last day, since rows that follow each other mostly share it. */
export class MomentReader {
  readonly #fraction: number;
  readonly #length: number;
  readonly #utc: boolean;
  #lastDate = -1;
  #lastDay = 0;

  constructor({ fraction, utc }: MomentForm) {
    this.#fraction = fraction;
    this.#utc = utc;
    this.#length = lengthWith(fraction) + (utc ? 1 : 0);
  }

  /** Writes seconds, or thousandths, millionths or billionths of them, since 1970 as a low and a high half. */
  read(bytes: Uint8Array, start: number, end: number, halves: Int32Array, row: number): boolean {
    if (end - start !== this.#length || (this.#utc && bytes[end - 1] !== Z)) return false;
    if (bytes[start + 10] !== T || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return false;
    if (bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return false;
    const date =
      (twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)) * 10_000 +
      twoDigits(bytes, start + 5) * 100 +
      twoDigits(bytes, start + 8);
    if (date !== this.#lastDate) {
      const day = calendarDay(bytes, start, start + 10);
      if (Number.isNaN(day)) return false;
      this.#lastDate = date;
      this.#lastDay = day;
    }
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    // A byte that is no digit makes a number below zero.
    if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return false;
    const seconds = this.#lastDay * 86_400 + ((hour * 60 + minute) * 60 + second);
    const fraction = this.#fraction;
    if (fraction === 0) {
      writeHalves(seconds, halves, row);
      return true;
    }
    const rest = digits(bytes, start + WHOLE_LENGTH + 1, fraction);
    if (bytes[start + WHOLE_LENGTH] !== DOT || rest < 0) return false;
    if (fraction === 3) {
      writeHalves(seconds * 1000 + rest, halves, row);
      return true;
    }
    return writeTicks(seconds, fraction === 6 ? 1_000_000 : BILLION, rest, halves, row);
  }
}

/** Writes `seconds * perSecond + rest` in halves; `false` beyond 64 bits, as nanoseconds of years after 2262 are. */
function writeTicks(
  seconds: number,
  perSecond: number,
  rest: number,
  halves: Int32Array,
  row: number,
): boolean {
  // The product in two pieces of 16 and the remaining bits, each exact as a double.
  const secondsTop = Math.floor(seconds / 65_536);
  const top = secondsTop * perSecond;
  const topHigh = Math.floor(top / 65_536);
  const low = (top - topHigh * 65_536) * 65_536 + (seconds - secondsTop * 65_536) * perSecond + rest;
  const carry = Math.floor(low / TWO_32);
  const upper = topHigh + carry;
  if (upper < -TWO_32 / 2 || upper >= TWO_32 / 2) return false;
  halves[row * 2] = (low - carry * TWO_32) | 0;
  halves[row * 2 + 1] = upper | 0;
  return true;
}

/** A number of two digits, or one far below zero when a byte is no digit. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const units = (bytes[at + 1] ?? 0) - ZERO;
  return (tens | units | (9 - tens) | (9 - units)) < 0 ? -1_000_000 : tens * 10 + units;
}

/** A safe integer as the two halves of a 64-bit one. */
function writeHalves(value: number, halves: Int32Array, row: number): void {
  const upper = Math.floor(value / TWO_32);
  halves[row * 2] = (value - upper * TWO_32) | 0;
  halves[row * 2 + 1] = upper | 0;
}

function lengthWith(fraction: number): number {
  return WHOLE_LENGTH + (fraction === 0 ? 0 : fraction + 1);
}

/** A number of so many digits, or one below -10^9 when a byte is no digit. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  let wrong = 0;
  for (let at = start; at < start + count; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    wrong |= digit | (9 - digit);
    value = value * 10 + digit;
  }
  return wrong < 0 ? -1e12 : value;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that the leap day ends one. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}
