/**
 * Reads one cell of ASCII text as a value, strictly: a cell is a number only when writing that number gives the
 * same value back, so `007`, `+1`, `1_000` or an 18-digit decimal stay text. Values are written into the array of their column, since a number that is returned would be boxed first.
 */
import { exactDecimal } from './exact-decimal.js';

const ZERO = 0x30;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const NOT_A_NUMBER = Number.NaN;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** An integer of at most 15 digits, or NaN. */
export function smallInteger(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  const digits = end - at;
  if (digits < 1 || digits > 15) return NOT_A_NUMBER;
  if (bytes[at] === ZERO && (digits > 1 || negative)) return NOT_A_NUMBER;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_NUMBER;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

const TWO_32 = 4_294_967_296;
const BILLION = 1_000_000_000;

/**
 * Writes a 64-bit integer of at most 20 digits, without leading zeros, as its low and high half: `false` when the cell
 * is none. A bigint for each cell would cost ten times as much.
 */
export function readWideInteger(
  bytes: Uint8Array,
  start: number,
  end: number,
  signed: boolean,
  halves: Int32Array,
  row: number,
): boolean {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  const digits = end - at;
  if (digits < 1 || digits > 20 || (negative && !signed)) return false;
  if (bytes[at] === ZERO && (digits > 1 || negative)) return false;
  // value = high * 10^9 + low, and high fits into a double exactly.
  let high = 0;
  let low = 0;
  for (const middle = end - 9; at < middle; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return false;
    high = high * 10 + digit;
  }
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return false;
    low = low * 10 + digit;
  }
  // The product in two pieces of 16 and the remaining bits, each exact as a double.
  const highTop = Math.floor(high / 65_536);
  const top = highTop * BILLION;
  const rest = (top % 65_536) * 65_536 + (high - highTop * 65_536) * BILLION + low;
  const upper = Math.floor(top / 65_536) + Math.floor(rest / TWO_32);
  const lower = rest % TWO_32;
  if (signed) {
    const limit = TWO_32 / 2;
    if (upper >= limit && !(negative && upper === limit && lower === 0)) return false;
  } else if (upper >= TWO_32) {
    return false;
  }
  if (negative) {
    halves[row * 2] = -lower | 0;
    halves[row * 2 + 1] = lower === 0 ? -upper | 0 : ~upper;
  } else {
    halves[row * 2] = lower | 0;
    halves[row * 2 + 1] = upper | 0;
  }
  return true;
}

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * Writes a decimal number with at most 17 significant digits, `NaN`, `Infinity` or `-Infinity`; `false` when the cell
 * is none.
 */
export function readDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
  values: Float64Array | Float32Array,
  row: number,
): boolean {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  if (at >= end) return false;
  const whole = at;
  // The first nine significant digits and the rest apart: their sum may be beyond 2^53.
  let head = 0;
  let tail = 0;
  let significant = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (significant < 9) {
        head = head * 10 + digit;
        if (head !== 0) significant += 1;
      } else {
        tail = tail * 10 + digit;
        significant += 1;
      }
    } else if (digit === DOT - ZERO && point < 0) {
      point = at;
    } else {
      break;
    }
  }
  const wholeEnd = point < 0 ? at : point;
  if (wholeEnd === whole) {
    const value = point < 0 ? word(bytes, start, end) : undefined;
    if (value === undefined) return false;
    values[row] = value;
    return true;
  }
  if (wholeEnd > whole + 1 && bytes[whole] === ZERO) return false;
  const fraction = point < 0 ? 0 : at - point - 1;
  if (point >= 0 && fraction === 0) return false;
  if (significant > 17) return false;
  if (at === end && fraction <= 22) {
    if (significant <= 15) {
      // Clinger's fast path: both operands are exact, so one division rounds correctly.
      const digits = significant <= 9 ? head : head * (POWERS[significant - 9] ?? 1) + tail;
      const value = digits / (POWERS[fraction] ?? 1);
      values[row] = negative ? -value : value;
      return true;
    }
    const value = exactDecimal(head, tail, significant, fraction);
    if (value > 0) {
      values[row] = negative ? -value : value;
      return true;
    }
  }
  const value = slowDecimal(bytes, whole, at, end, significant);
  if (value === undefined) return false;
  values[row] = negative ? -value : value;
  return true;
}

/** A decimal with an exponent, many digits or a long fraction, by way of its text. */
function slowDecimal(
  bytes: Uint8Array,
  start: number,
  digitsEnd: number,
  end: number,
  significant: number,
): number | undefined {
  if (digitsEnd < end && !exponent(bytes, digitsEnd, end)) return undefined;
  const text = ascii(bytes, start, end);
  const value = Number(text);
  // `1e999` would become Infinity, `1e-999` 0, `9007199254740993.0` its neighbour: none would come back.
  return Number.isFinite(value) && sameDigits(value, text, significant) ? value : undefined;
}

/** Whether a number, in its shortest form or with as many digits as the text has, has the same digits as the text. */
function sameDigits(value: number, text: string, significant: number): boolean {
  if (significant === 0) return value === 0;
  if (value === 0) return false;
  const shortest = String(value);
  if (shortest === text) return true;
  const wanted = digitsOf(text);
  return wanted === digitsOf(shortest) || wanted === digitsOf(value.toExponential(significant - 1));
}

/** The digits of a decimal without sign, point, exponent and the zeros around them. */
function digitsOf(decimal: string): string {
  return decimal
    .replace(/e.*$/i, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
}

function exponent(bytes: Uint8Array, start: number, end: number): boolean {
  if (((bytes[start] ?? 0) | 0x20) !== 0x65) return false;
  let at = start + 1;
  if (bytes[at] === MINUS || bytes[at] === PLUS) at += 1;
  if (at >= end || end - at > 3) return false;
  for (; at < end; at++) if (!isDigit(bytes[at] ?? 0)) return false;
  return true;
}

function word(bytes: Uint8Array, start: number, end: number): number | undefined {
  const length = end - start;
  if (length !== 3 && length !== 8 && length !== 9) return undefined;
  const text = ascii(bytes, start, end);
  if (text === 'NaN') return Number.NaN;
  if (text === 'Infinity') return Infinity;
  return text === '-Infinity' ? -Infinity : undefined;
}

/** 1 for `true`, 0 for `false`, both in lower case, or -1. Other spellings stay text, so that they come back as written. */
export function truth(bytes: Uint8Array, start: number, end: number): -1 | 0 | 1 {
  const length = end - start;
  if (length === 4) {
    // t, r, u, e
    return bytes[start] === 0x74 &&
      bytes[start + 1] === 0x72 &&
      bytes[start + 2] === 0x75 &&
      bytes[start + 3] === 0x65
      ? 1
      : -1;
  }
  // f, a, l, s, e
  return length === 5 &&
    bytes[start] === 0x66 &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x6c &&
    bytes[start + 3] === 0x73 &&
    bytes[start + 4] === 0x65
    ? 0
    : -1;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
