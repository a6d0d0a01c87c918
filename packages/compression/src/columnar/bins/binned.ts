import { COUNTERS, ORIGIN, PACKED_END, SIDE, SYMBOLS } from '../kernels/layout.js';
import type { Lane } from '../kernels/kernel.js';
import type { PackedReader, PackedWriter, Workspace } from '../workspace.js';
import { layBounds, layDecoder, layEncoder, readTable, writeTable, type BinTable } from './bin-table.js';
import { buckets, offsetBits } from './buckets.js';
import { BIN_COST, partition, type Partition } from './partition.js';

/** Widths below which every number has a bucket of its own. */
export const EXACT_WIDTH = 9;
/** Numbers of which the median is taken. */
const MEDIAN_OF = 31;

/** Counts `n` numbers and finds the bins that they fit best. The origin is left in the memory. */
export function findBins(workspace: Workspace, at: number, n: number, lane: Lane): Partition {
  const kernel = workspace.kernel[lane];
  const exact = kernel.width(at, n, false) <= EXACT_WIDTH;
  if (!exact) layMedian(workspace, at, n, lane);
  kernel.count(at, n, exact);
  return partition(workspace, n, exact);
}

/**
 * The bits that a number takes with a bin for each bucket, by a sample of `total` that the kernel has counted. A table
 * costs each of the `n` numbers its part, and a sample looks more regular than it is (Miller and Madow).
 */
export function countedBits({ words }: Workspace, total: number, n: number, exact: boolean): number {
  const all = buckets(exact);
  let bits = 0;
  let filled = 0;
  for (let index = 0; index < 2 * SIDE; index++) {
    const count = words[COUNTERS / 4 + index] ?? 0;
    const bucket = all[index];
    if (count === 0 || bucket === undefined) continue;
    bits += count * (Math.log2(total / count) + offsetBits(bucket, bucket));
    filled += 1;
  }
  return bits / total + filled * (BIN_COST / n + Math.LOG2E / (2 * total));
}

/** Writes the table, the entropy-coded bins, and the offsets. */
export function writeBinned(at: number, n: number, lane: Lane, table: BinTable, writer: PackedWriter): void {
  const { workspace } = writer;
  const { kernel, bytes } = workspace;
  writeTable(table, lane, writer);
  const offsets = layBounds(table, workspace);
  if (table.bins.length > 1) {
    layEncoder(table, workspace);
    kernel[lane].classify(at, n, table.exact);
    const begin = kernel.encodeSymbols(n, PACKED_END);
    writer.copy(begin, PACKED_END - begin);
  } else bytes.fill(0, SYMBOLS, SYMBOLS + n);
  if (offsets) writer.at = kernel[lane].writeOffsets(at, n, writer.at);
}

export function readBinned(to: number, n: number, lane: Lane, reader: PackedReader): void {
  const { workspace, end } = reader;
  const { kernel, bytes } = workspace;
  const table = readTable(lane, reader);
  const offsets = layBounds(table, workspace);
  if (table.bins.length > 1) {
    layDecoder(table, workspace);
    reader.continueAt(kernel.decodeSymbols(reader.at, end, n));
  } else bytes.fill(0, SYMBOLS, SYMBOLS + n);
  if (offsets) reader.continueAt(kernel[lane].readOffsets(reader.at, end, n, to));
  else kernel[lane].readLowers(n, to);
}

/** Makes the median of a few numbers, spread evenly, the origin: most numbers are then near it. */
export function layMedian({ view }: Workspace, at: number, n: number, lane: Lane): void {
  const count = Math.min(n, MEDIAN_OF);
  const place = (index: number): number => at + Math.floor((index * n) / count) * (lane / 8);
  if (lane === 64) {
    const drawn = BigInt64Array.from({ length: count }, (_, index) => view.getBigInt64(place(index), true));
    view.setBigInt64(ORIGIN, drawn.sort()[count >> 1] ?? 0n, true);
  } else {
    const drawn = Int32Array.from({ length: count }, (_, index) => view.getInt32(place(index), true));
    view.setInt32(ORIGIN, drawn.sort()[count >> 1] ?? 0, true);
  }
}
