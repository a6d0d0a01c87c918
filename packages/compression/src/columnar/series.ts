import { findBins, readBinned, writeBinned } from './bins/binned.js';
import type { Partition } from './bins/partition.js';
import { FIRST, FRAME, SECOND } from './kernels/layout.js';
import type { Lane } from './kernels/kernel.js';
import { unreadable, type PackedReader, type PackedWriter, type Workspace } from './workspace.js';

/** How often neighbours are subtracted: not at all, once (delta), or twice (delta of delta). */
export type Order = 0 | 1 | 2;

/** How numbers become bits: bit-packed in frames of 1024, or as bins and offsets. */
export type Packing = 'pack' | 'bins';

/** Integers in the memory of a kernel. */
export interface Series {
  readonly at: number;
  readonly n: number;
  readonly lane: Lane;
  /** Whether they are ordered as unsigned. */
  readonly unsigned: boolean;
}

/** How a series is written. With `'smaller'` the packing is the one that takes fewer bits. */
export interface SeriesPlan {
  readonly order: Order;
  readonly packing: Packing | 'smaller';
}

const PACKINGS: readonly Packing[] = ['pack', 'bins'];

/**
 * Writes a series: a byte for the order (bits 0 and 1) and the packing (bit 2), a seed for each difference, and the
 * packed numbers. The memory of the series is left as it is, unless the order is 2 and it stands in `FIRST`.
 * @returns the packing that was taken
 */
export function writeSeries(series: Series, plan: SeriesPlan, writer: PackedWriter): Packing {
  const { workspace } = writer;
  const { kernel } = workspace;
  const { n, lane } = series;
  const header = writer.at;
  writer.byte(0);
  const { at, unsigned } = subtracted(series, plan.order, writer);
  const { packing, bins } = choosePacking(workspace, { at, n, lane, unsigned }, plan.packing);
  if (bins === undefined) {
    writer.at = kernel[lane].pack(at, n, unsigned, writer.at);
  } else writeBinned(at, n, lane, bins.table, writer);
  workspace.bytes[header] = plan.order + 4 * PACKINGS.indexOf(packing);
  return packing;
}

/** Reads a series of `n` numbers to `to`; raises a `RangeError` for bytes that `writeSeries` does not write. */
export function readSeries(to: number, n: number, lane: Lane, reader: PackedReader): void {
  const { kernel } = reader.workspace;
  const header = reader.byte();
  const order = header & 3;
  const packing = PACKINGS[header >> 2];
  if (order > 2 || packing === undefined || n === 0) throw unreadable();
  const width = lane / 8;
  const seeds = reader.at;
  reader.skip(order * width);
  if (packing === 'bins') readBinned(to, n, lane, reader);
  else {
    reader.continueAt(kernel[lane].unpack(reader.at, reader.end, n, to));
  }
  // The last difference that was taken is the first to be summed up.
  for (let seed = order - 1; seed >= 0; seed--) {
    reader.workspace.bytes.copyWithin(to - width, seeds + seed * width, seeds + (seed + 1) * width);
    kernel[lane].sums(to, n);
  }
}

/** The differences of a series, whose seeds are written down. */
export function subtracted(series: Series, order: Order, writer: PackedWriter): Series {
  let from = series;
  for (let step = 0; step < order; step++) {
    const seed = laySeed(writer.workspace, from);
    writer.copy(seed, from.lane / 8);
    from = differences(writer.workspace, from);
  }
  return from;
}

/** The differences between neighbours, the first of which is that to the seed. */
export function differences({ kernel }: Workspace, { at, n, lane }: Series): Series {
  const to = at === SECOND ? FIRST : SECOND;
  kernel[lane].differences(at, n, to);
  return { at: to, n, lane, unsigned: false };
}

/** Puts before the first number what makes the first difference equal to the second; returns where it stands. */
export function laySeed({ view }: Workspace, { at, n, lane }: Series): number {
  const width = lane / 8;
  const place = at - width;
  const second = n > 1 ? at + width : at;
  if (lane === 64) {
    view.setBigInt64(place, 2n * view.getBigInt64(at, true) - view.getBigInt64(second, true), true);
  } else view.setInt32(place, 2 * view.getInt32(at, true) - view.getInt32(second, true), true);
  return place;
}

function choosePacking(
  workspace: Workspace,
  series: Series,
  packing: SeriesPlan['packing'],
): { packing: Packing; bins?: Partition } {
  if (packing === 'pack') return { packing };
  const { at, n, lane } = series;
  const packed = packing === 'bins' ? Infinity : packedBits(workspace, series);
  const bins = findBins(workspace, at, n, lane);
  if (packed <= bins.bits) return { packing: 'pack' };
  return { packing: 'bins', bins };
}

/** The bits that a series takes when it is packed. */
export function packedBits({ kernel }: Workspace, { at, n, lane, unsigned }: Series): number {
  let bits = 0;
  for (let begin = 0; begin < n; begin += FRAME) {
    const count = Math.min(FRAME, n - begin);
    bits += count * kernel[lane].width(at + (begin * lane) / 8, count, unsigned) + 8 + lane;
  }
  return bits;
}
