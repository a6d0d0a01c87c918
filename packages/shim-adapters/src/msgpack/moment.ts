import type { Losses } from '../losses.js';
import { bitmapBytes, setBit } from '../table/bitmap.js';
import { buildColumn } from '../table/column-builder.js';
import type { Column, TimeUnit } from '../table/column.js';

const UNITS: readonly { readonly unit: TimeUnit; readonly nanoseconds: bigint }[] = [
  { unit: 'millisecond', nanoseconds: 1_000_000n },
  { unit: 'microsecond', nanoseconds: 1000n },
  { unit: 'nanosecond', nanoseconds: 1n },
];

/** A timestamp of MessagePack (extension type -1), to the nanosecond. */
export class Moment {
  /** Since 1970. */
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }

  /** As JSON shows it, among values of other kinds. */
  toJSON(): string {
    const ms = Number(this.nanoseconds / 1_000_000n);
    return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(this.nanoseconds);
  }

  /** Reads the 4, 8 or 12 bytes of the extension. */
  static read(data: Uint8Array): Moment {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data.length === 4) return new Moment(BigInt(view.getUint32(0)) * 1_000_000_000n);
    if (data.length === 8) {
      const packed = view.getBigUint64(0);
      return new Moment((packed & 0x3_ffff_ffffn) * 1_000_000_000n + (packed >> 34n));
    }
    if (data.length === 12)
      return new Moment(view.getBigInt64(4) * 1_000_000_000n + BigInt(view.getUint32(0)));
    throw new RangeError(`a timestamp has 4, 8 or 12 bytes; found ${String(data.length)}`);
  }
}

/** What `buildColumn` does, with moments as timestamps in the coarsest unit that holds them all. */
export function buildWithMoments(name: string, values: ArrayLike<unknown>, losses: Losses): Column {
  const moments: (bigint | undefined)[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value instanceof Moment) moments.push(value.nanoseconds);
    else if (value === null || value === undefined) moments.push(undefined);
    else return buildColumn(name, values, losses);
  }
  const present = moments.filter((value) => value !== undefined);
  const fitting = UNITS.find(({ nanoseconds }) =>
    present.every((value) => value % nanoseconds === 0n && isInt64(value / nanoseconds)),
  );
  if (present.length === 0 || fitting === undefined) return buildColumn(name, values, losses);
  losses.total(values.length);
  const ticks = BigInt64Array.from(moments, (value) => (value ?? 0n) / fitting.nanoseconds);
  const validity = new Uint8Array(bitmapBytes(values.length));
  moments.forEach((value, i) => {
    if (value !== undefined) setBit(validity, i);
  });
  const nullCount = values.length - present.length;
  return {
    layout: 'fixed',
    field: { name, type: 'timestamp', unit: fitting.unit, timezone: 'UTC' },
    length: values.length,
    nullCount,
    validity: nullCount === 0 ? undefined : validity,
    values: ticks,
  };
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
