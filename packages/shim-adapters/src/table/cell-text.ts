import type { Losses } from '../losses.js';
import { readBit } from './bitmap.js';
import type { ByteSink } from './byte-sink.js';
import type { BitColumn, FixedColumn, TimeUnit } from './column.js';

/** Writes row `i` of a column, which is not null, as text. */
export type CellWriter = (sink: ByteSink, index: number) => void;

/** How text formats differ in what they can say. */
export interface TextStyle {
  /** Written around dates and timestamps, `"` in JSON. */
  readonly quote: '' | '"';
  /** Whether NaN and the infinities have a form; otherwise they become null and are counted as lost. */
  readonly nonFinite: boolean;
  /** Whether whole numbers beyond 2^53 are told from 64-bit integers when they are read: if not, they get an exponent. */
  readonly wideFloats: boolean;
  /** Whether this text of a date or timestamp is read back as one; otherwise it is counted as lost. */
  readonly readsTime: (text: string) => boolean;
}

const DAY_MS = 86_400_000;
const MAX_TIME = 8.64e15;
const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  second: 1n,
  millisecond: 1000n,
  microsecond: 1_000_000n,
  nanosecond: 1_000_000_000n,
};
const FRACTION: Readonly<Record<TimeUnit, number>> = {
  second: 0,
  millisecond: 3,
  microsecond: 6,
  nanosecond: 9,
};

export function boolWriter(column: BitColumn): CellWriter {
  return (sink, index) => {
    sink.ascii(readBit(column.values, index) ? 'true' : 'false');
  };
}

/** Numbers in the shortest text that reads back as the same value; dates and timestamps in ISO 8601. */
export function fixedWriter(column: FixedColumn, style: TextStyle, losses: Losses): CellWriter {
  const { values, field } = column;
  if (field.type === 'date') {
    return (sink, index) => {
      const days = Number(values[index]);
      timeText(sink, style, field.name, dayText(days), String(days), losses);
    };
  }
  if (field.type === 'timestamp' && values instanceof BigInt64Array) {
    const unit = field.unit ?? 'millisecond';
    const zone = field.timezone === undefined ? '' : 'Z';
    return (sink, index) => {
      const value = values[index] ?? 0n;
      timeText(sink, style, field.name, momentText(value, unit, zone), String(value), losses);
    };
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return wideWriter(values);
  if (values instanceof Float64Array || values instanceof Float32Array) {
    return (sink, index) => {
      floatText(sink, values[index] ?? 0, style, field.name, losses);
    };
  }
  return (sink, index) => {
    sink.integer(values[index] ?? 0);
  };
}

function wideWriter(values: BigInt64Array | BigUint64Array): CellWriter {
  // The low and high halves spare small values a heap-allocated bigint.
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  return (sink, index) => {
    const low = halves[index * 2] ?? 0;
    if (low >= 0 && halves[index * 2 + 1] === 0) sink.integer(low);
    else sink.ascii(String(values[index]));
  };
}

function floatText(sink: ByteSink, value: number, style: TextStyle, column: string, losses: Losses): void {
  if (Number.isInteger(value)) {
    if (value === 0 && Object.is(value, -0)) sink.ascii('-0');
    else if (!style.wideFloats && !Number.isSafeInteger(value)) sink.ascii(value.toExponential());
    else sink.integer(value);
  } else if (Number.isFinite(value) || style.nonFinite) {
    sink.ascii(String(value));
  } else {
    losses.lost('non-finite-as-null', column, 'NaN and infinities have no form in JSON; null stands in');
    sink.ascii('null');
  }
}

/** Writes a date or timestamp, or its number where no calendar holds it. */
function timeText(
  sink: ByteSink,
  { quote, readsTime }: TextStyle,
  column: string,
  text: string | undefined,
  number: string,
  losses: Losses,
): void {
  if (text === undefined) {
    losses.lost('time-out-of-range', column, 'a time beyond the year 275760 was written as its number');
  } else if (!readsTime(text)) {
    losses.lost('time-as-text', column, 'dates and timestamps that this format reads back as text');
  }
  sink.ascii(`${quote}${text ?? number}${quote}`);
}

function dayText(days: number): string | undefined {
  const time = days * DAY_MS;
  if (Math.abs(time) > MAX_TIME) return undefined;
  const text = new Date(time).toISOString();
  return text.slice(0, text.indexOf('T'));
}

/** `2024-05-01T10:20:30.123Z`, with as many digits as the unit has; undefined when no date can hold it. */
export function momentText(value: bigint, unit: TimeUnit, zone: 'Z' | ''): string | undefined {
  const scale = PER_SECOND[unit];
  let seconds = value / scale;
  let rest = value % scale;
  if (rest < 0n) {
    rest += scale;
    seconds -= 1n;
  }
  const time = Number(seconds) * 1000;
  if (Math.abs(time) > MAX_TIME) return undefined;
  const whole = new Date(time).toISOString().slice(0, -5);
  const digits = FRACTION[unit];
  return digits === 0 ? `${whole}${zone}` : `${whole}.${String(rest).padStart(digits, '0')}${zone}`;
}
