import type { DecimalColumn } from './column.js';

/** The integer that row `index` stores: its value times 10 to the power of the scale. */
export function decimalUnits({ values, words }: DecimalColumn, index: number): bigint {
  let units = 0n;
  for (let word = words - 1; word >= 0; word--) {
    units = (units << 64n) | (values[index * words + word] ?? 0n);
  }
  return BigInt.asIntN(words * 64, units);
}

/** Stores an integer as row `index`. */
export function setDecimalUnits({ values, words }: DecimalColumn, index: number, units: bigint): void {
  for (let word = 0; word < words; word++) {
    values[index * words + word] = BigInt.asUintN(64, units >> BigInt(word * 64));
  }
}

/** `1250n` with scale 2 as `'12.50'`; a negative scale stands for zeros before the point. */
export function decimalText(units: bigint, scale: number): string {
  if (scale <= 0) return String(units * 10n ** BigInt(-scale));
  const negative = units < 0n;
  const digits = String(negative ? -units : units).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
