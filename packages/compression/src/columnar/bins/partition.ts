import { COUNTERS, PRECISION, SIDE } from '../kernels/layout.js';
import type { Workspace } from '../workspace.js';
import type { Bin, BinTable } from './bin-table.js';
import { buckets, offsetBits } from './buckets.js';

/** Bits that a bin takes in the table. */
export const BIN_COST = 12;
const MOST_BINS = 256;
/** The most non-empty buckets that one bin joins: four octaves of one side. */
const WINDOW = 32;

/** A table, and the bits that it and the numbers will take with it. */
export interface Partition {
  readonly table: BinTable;
  readonly bits: number;
}

/**
 * Joins buckets to the bins that take the fewest bits for what the kernel has counted: a number costs the logarithm
 * of how rare its bin is, and the offset of that bin. By dynamic programming over the buckets that are not empty.
 */
export function partition(workspace: Workspace, n: number, exact: boolean): Partition {
  const all = buckets(exact);
  const filled: number[] = [];
  const sums = [0];
  let sum = 0;
  for (let index = 0; index < 2 * SIDE; index++) {
    const count = workspace.words[COUNTERS / 4 + index] ?? 0;
    if (count === 0) continue;
    filled.push(index);
    sum += count;
    sums.push(sum);
  }
  for (let binCost = BIN_COST; ; binCost *= 2) {
    const best = new Float64Array(filled.length + 1);
    const from = new Uint16Array(filled.length + 1);
    for (let end = 1; end <= filled.length; end++) {
      const last = all[filled[end - 1] ?? 0];
      let least = Infinity;
      for (let start = Math.max(0, end - WINDOW); start < end; start++) {
        const first = all[filled[start] ?? 0];
        if (first === undefined || last === undefined) break;
        const count = (sums[end] ?? 0) - (sums[start] ?? 0);
        const width = offsetBits(first, last);
        const cost = (best[start] ?? 0) + binCost + count * (Math.log2(n / count) + width);
        if (cost >= least) continue;
        least = cost;
        from[end] = start;
      }
      best[end] = least;
    }
    const cuts = [filled.length];
    for (let end = filled.length; end > 0; cuts.push(end)) end = from[end] ?? 0;
    cuts.reverse();
    if (cuts.length - 1 > MOST_BINS) continue;
    const counts = cuts.slice(1).map((cut, index) => (sums[cut] ?? 0) - (sums[cuts[index] ?? 0] ?? 0));
    const frequencies = shares(counts, n);
    const bins = frequencies.map((frequency, index): Bin => {
      return {
        first: filled[cuts[index] ?? 0] ?? 0,
        last: filled[(cuts[index + 1] ?? 1) - 1] ?? 0,
        frequency,
      };
    });
    return { table: { exact, bins }, bits: best[filled.length] ?? 0 };
  }
}

/** Counts as parts of 4096, none of them 0. */
function shares(counts: readonly number[], n: number): number[] {
  const whole = 2 ** PRECISION;
  const parts = counts.map((count) => Math.max(1, Math.round((count * whole) / n)));
  let excess = parts.reduce((total, part) => total + part, -whole);
  while (excess !== 0) {
    // What rounding added or took is the largest's to give or get: there it changes least.
    const largest = parts.indexOf(Math.max(...parts));
    const part = parts[largest] ?? 1;
    const change = excess > 0 ? Math.min(excess, Math.max(1, part >> 3)) : excess;
    parts[largest] = part - change;
    excess -= change;
  }
  return parts;
}
