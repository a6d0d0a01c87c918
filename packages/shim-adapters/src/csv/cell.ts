/**
 * Reads one cell of ASCII text as a value, strictly: a cell is a number only when writing that number gives the
 * same value back, so `007`, `+1`, `1_000` or an 18-digit decimal stay text, and a date only when it exists.
 */

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const NOT_A_NUMBER = Number.NaN;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** An integer of at most 15 digits, or NaN. */
export function smallInteger(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  const digits = end - at;
  if (digits < 1 || digits > 15) return NOT_A_NUMBER;
  const first = bytes[at] ?? 0;
  if (first === ZERO && (digits > 1 || negative)) return NOT_A_NUMBER;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_NUMBER;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

/** An integer of at most 20 digits without leading zeros, or undefined. */
export function bigInteger(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  const small = smallInteger(bytes, start, end);
  if (!Number.isNaN(small)) return BigInt(small);
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (end - first < 16 || end - first > 20 || bytes[first] === ZERO) return undefined;
  for (let at = first; at < end; at++) if (!isDigit(bytes[at] ?? 0)) return undefined;
  return BigInt(ascii(bytes, start, end));
}

const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** A decimal number with at most 17 significant digits, `NaN`, `Infinity` or `-Infinity`; undefined otherwise. */
export function decimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at += 1;
  if (at === end) return undefined;
  const whole = at;
  let mantissa = 0;
  let significant = 0;
  while (at < end && isDigit(bytes[at] ?? 0)) {
    const digit = (bytes[at++] ?? 0) - ZERO;
    if (digit > 0 || significant > 0) significant += 1;
    mantissa = mantissa * 10 + digit;
  }
  const wholeDigits = at - whole;
  if (wholeDigits === 0) return word(bytes, start, end);
  if (wholeDigits > 1 && bytes[whole] === ZERO) return undefined;
  let fraction = 0;
  if (at < end && bytes[at] === DOT) {
    at += 1;
    const first = at;
    while (at < end && isDigit(bytes[at] ?? 0)) {
      const digit = (bytes[at++] ?? 0) - ZERO;
      if (digit > 0 || significant > 0) significant += 1;
      mantissa = mantissa * 10 + digit;
    }
    fraction = at - first;
    if (fraction === 0) return undefined;
  }
  if (significant > 17) return undefined;
  if (at === end && significant <= 15 && fraction <= 22) {
    // Clinger's fast path: both operands are exact, so one division rounds correctly.
    const value = mantissa / (POWERS[fraction] ?? 1);
    return negative ? -value : value;
  }
  if (at < end && !exponent(bytes, at, end)) return undefined;
  const value = Number(ascii(bytes, start, end));
  // `1e999` would become Infinity, `1e-999` 0, `9007199254740993.0` its neighbour: none would come back.
  return Number.isFinite(value) && sameDigits(value, ascii(bytes, whole, end), significant)
    ? value
    : undefined;
}

/** Whether a number, in its shortest form or with as many digits as the text has, has the same digits as the text. */
function sameDigits(value: number, text: string, significant: number): boolean {
  if (significant === 0) return value === 0;
  if (value === 0) return false;
  const size = Math.abs(value);
  const shortest = String(size);
  if (shortest === text) return true;
  const wanted = digitsOf(text);
  return wanted === digitsOf(shortest) || wanted === digitsOf(size.toExponential(significant - 1));
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
  if (at === end || end - at > 3) return false;
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

/** `true` or `false` in lower case, or undefined. Other spellings stay text, so that they come back as written. */
export function truth(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  const length = end - start;
  if (length !== 4 && length !== 5) return undefined;
  const text = ascii(bytes, start, end);
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}

/** Days since 1970-01-01 of `YYYY-MM-DD`, or NaN; impossible dates such as 2024-02-30 are NaN. */
export function calendarDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return NOT_A_NUMBER;
  const year = number(bytes, start, 4);
  const month = number(bytes, start + 5, 2);
  const day = number(bytes, start + 8, 2);
  if (Number.isNaN(year + month + day) || month < 1 || month > 12 || day < 1) return NOT_A_NUMBER;
  if (day > daysIn(year, month)) return NOT_A_NUMBER;
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

/** The form of a moment such as `2024-05-01T10:20:30.123Z`, or undefined when it is none. */
export function momentForm(bytes: Uint8Array, start: number, end: number): MomentForm | undefined {
  const utc = bytes[end - 1] === Z;
  const length = end - start - (utc ? 1 : 0);
  const fraction = FRACTIONS.find((digits) => length === lengthWith(digits));
  if (fraction === undefined) return undefined;
  const form: MomentForm = { fraction, utc };
  return moment(bytes, start, end, form) === undefined ? undefined : form;
}

/** Seconds, or thousandths, millionths or billionths of them, since 1970 of a moment in exactly this form. */
export function moment(bytes: Uint8Array, start: number, end: number, form: MomentForm): bigint | undefined {
  const { fraction, utc } = form;
  if (end - start !== lengthWith(fraction) + (utc ? 1 : 0)) return undefined;
  if (utc && bytes[end - 1] !== Z) return undefined;
  if (bytes[start + 10] !== T || bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return undefined;
  const day = calendarDay(bytes, start, start + 10);
  const hour = number(bytes, start + 11, 2);
  const minute = number(bytes, start + 14, 2);
  const second = number(bytes, start + 17, 2);
  if (!(hour <= 23 && minute <= 59 && second <= 59) || Number.isNaN(day)) return undefined;
  const seconds = ((day * 24 + hour) * 60 + minute) * 60 + second;
  if (fraction === 0) return BigInt(seconds);
  const rest = number(bytes, start + WHOLE_LENGTH + 1, fraction);
  if (bytes[start + WHOLE_LENGTH] !== DOT || Number.isNaN(rest)) return undefined;
  if (fraction === 3) return BigInt(seconds * 1000 + rest);
  const ticks = BigInt(seconds) * (fraction === 6 ? 1_000_000n : 1_000_000_000n) + BigInt(rest);
  // Nanoseconds of years beyond 2262 do not fit into 64 bits.
  return BigInt.asIntN(64, ticks) === ticks ? ticks : undefined;
}

function lengthWith(fraction: number): number {
  return WHOLE_LENGTH + (fraction === 0 ? 0 : fraction + 1);
}

function number(bytes: Uint8Array, start: number, digits: number): number {
  let value = 0;
  for (let at = start; at < start + digits; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_NUMBER;
    value = value * 10 + digit;
  }
  return value;
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

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
