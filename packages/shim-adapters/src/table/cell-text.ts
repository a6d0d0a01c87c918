import type { Losses } from '../losses.js';
import { readBit } from './bitmap.js';
import type { ByteSink } from './byte-sink.js';
import type { BitColumn, FixedColumn } from './column.js';
import { dayText, momentText, writeDay, writeMoment } from './moment-text.js';

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
  /** Whether dates and timestamps with a year of four digits are read back as such; otherwise they are counted as lost. */
  readonly readsTimes: boolean;
}

export function boolWriter(column: BitColumn): CellWriter {
  return (sink, index) => {
    sink.ascii(readBit(column.values, index) ? 'true' : 'false');
  };
}

/** Numbers in the shortest text that reads back as the same value; dates and timestamps in ISO 8601. */
export function fixedWriter(column: FixedColumn, style: TextStyle, losses: Losses): CellWriter {
  const { values, field } = column;
  if (field.type === 'date') return dayWriter(column, style, losses);
  if (field.type === 'timestamp' && values instanceof BigInt64Array) {
    return momentWriter(column, values, style, losses);
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

/** Integers below 2^53 by their halves, which spares them a bigint on the heap. */
function wideWriter(values: BigInt64Array | BigUint64Array): CellWriter {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const least = values instanceof BigUint64Array ? 0 : -SAFE_HIGH;
  return (sink, index) => {
    const high = halves[index * 2 + 1] ?? 0;
    if (high >= least && high < SAFE_HIGH) sink.integer(high * 2 ** 32 + ((halves[index * 2] ?? 0) >>> 0));
    else sink.ascii(String(values[index]));
  };
}

const SAFE_HIGH = 2 ** 21;

function floatText(sink: ByteSink, value: number, style: TextStyle, column: string, losses: Losses): void {
  if (Number.isInteger(value)) {
    if (value === 0 && Object.is(value, -0)) sink.ascii('-0');
    else if (!style.wideFloats && !Number.isSafeInteger(value)) sink.ascii(value.toExponential());
    else sink.integer(value);
  } else if (Number.isFinite(value)) {
    if (!writeShortDecimal(sink, value)) sink.ascii(String(value));
  } else if (style.nonFinite) {
    sink.ascii(String(value));
  } else {
    losses.lost('non-finite-as-null', column, 'NaN and infinities have no form in JSON; null stands in');
    sink.ascii('null');
  }
}

/**
 * Writes numbers with at most six digits after the point. Of the texts of up to 15 digits each stands for another double,
 * so one that gives the number back is its shortest.
 */
function writeShortDecimal(sink: ByteSink, value: number): boolean {
  const magnitude = Math.abs(value);
  // Below, the shortest text has an exponent.
  if (magnitude >= 1e9 || magnitude < 1e-6) return false;
  let places = 2;
  let scaled = Math.round(magnitude * 100);
  if (scaled / 100 !== magnitude) {
    places = 6;
    scaled = Math.round(magnitude * 1e6);
    if (scaled / 1e6 !== magnitude) return false;
  }
  for (; scaled % 10 === 0; scaled /= 10) places -= 1;
  const scale = 10 ** places;
  const whole = Math.floor(scaled / scale);
  if (value < 0) sink.byte(0x2d);
  sink.integer(whole);
  sink.byte(0x2e);
  sink.digits(scaled - whole * scale, places);
  return true;
}

function dayWriter({ values, field }: FixedColumn, style: TextStyle, losses: Losses): CellWriter {
  const time = new TimeCell(style, field.name, losses);
  return (sink, index) => {
    const days = Number(values[index]);
    time.open(sink);
    if (writeDay(sink, days)) time.isWritten();
    else time.other(sink, dayText(days), String(days));
    time.close(sink);
  };
}

function momentWriter(
  { field }: FixedColumn,
  values: BigInt64Array,
  style: TextStyle,
  losses: Losses,
): CellWriter {
  const { unit = 'millisecond', timezone } = field;
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const time = new TimeCell(style, field.name, losses);
  const zone = timezone === undefined ? '' : 'Z';
  return (sink, index) => {
    time.open(sink);
    if (writeMoment(sink, halves[2 * index] ?? 0, halves[2 * index + 1] ?? 0, unit)) {
      time.isWritten();
      if (zone !== '') sink.byte(0x5a);
    } else {
      const ticks = values[index] ?? 0n;
      const text = momentText(ticks, unit);
      time.other(sink, text === undefined ? undefined : `${text}${zone}`, String(ticks));
    }
    time.close(sink);
  };
}

/** What surrounds a date or timestamp, and what is lost by writing it. */
class TimeCell {
  readonly #quote: number | undefined;
  readonly #readsBack: boolean;
  readonly #column: string;
  readonly #losses: Losses;

  constructor({ quote, readsTimes }: TextStyle, column: string, losses: Losses) {
    this.#quote = quote === '' ? undefined : quote.charCodeAt(0);
    this.#readsBack = readsTimes;
    this.#column = column;
    this.#losses = losses;
  }

  open(sink: ByteSink): void {
    if (this.#quote !== undefined) sink.byte(this.#quote);
  }

  /** A year of four digits has been written. */
  isWritten(): void {
    if (!this.#readsBack) this.#lostType();
  }

  /** Writes another year, or the number of what no calendar holds. */
  other(sink: ByteSink, text: string | undefined, number: string): void {
    if (text !== undefined) this.#lostType();
    else {
      const message = 'a time beyond the year 275760 was written as its number';
      this.#losses.lost('time-out-of-range', this.#column, message);
    }
    sink.ascii(text ?? number);
  }

  close(sink: ByteSink): void {
    if (this.#quote !== undefined) sink.byte(this.#quote);
  }

  #lostType(): void {
    const message = 'dates and timestamps that this format reads back as text';
    this.#losses.lost('time-as-text', this.#column, message);
  }
}
