import { DIVISOR, FIRST, ORIGIN } from '../kernels/layout.js';
import { readSeries, writeSeries } from '../series.js';
import { unreadable, type Workspace } from '../workspace.js';
import type { Block, BlockPlan, Filter } from './filter.js';
import { narrowed, widened } from './integers.js';

/**
 * Integers that lie at equal distances, such as milliseconds counted in nanoseconds: the first, what they are multiples
 * of from there (a word or a double word each), and as a series how many times.
 */
export const multiples: Filter<BlockPlan & { filter: 'multiples' }> = {
  write(block, { divisor, series }, writer) {
    const { workspace } = writer;
    const { at, n, lane } = widened(block, workspace);
    layOrigin(workspace, block, at, divisor);
    // Counting bins makes another place the origin.
    writer.copy(ORIGIN, lane / 8);
    writer.copy(DIVISOR, lane / 8);
    if (workspace.kernel[lane].divide(at, n, FIRST) === 0) return false;
    writeSeries({ at: FIRST, n, lane, unsigned: false }, series, writer);
    return true;
  },
  read(block, reader) {
    const { n, element } = block;
    const { lane } = element;
    const { workspace, at } = reader;
    reader.skip(lane / 4);
    readSeries(FIRST, n, lane, reader);
    workspace.bytes.copyWithin(ORIGIN, at, at + lane / 8);
    workspace.bytes.copyWithin(DIVISOR, at + lane / 8, at + lane / 4);
    if (divisorAt(workspace, lane) <= 0n) throw unreadable();
    workspace.kernel[lane].multiply(FIRST, n);
    return narrowed(block, workspace);
  },
};

/** Makes the first number the origin. */
export function layOrigin({ bytes, view }: Workspace, { element }: Block, at: number, divisor: bigint): void {
  bytes.copyWithin(ORIGIN, at, at + element.lane / 8);
  if (element.lane === 64) view.setBigInt64(DIVISOR, divisor, true);
  else view.setInt32(DIVISOR, Number(divisor), true);
}

function divisorAt({ view }: Workspace, lane: 32 | 64): bigint {
  return lane === 64 ? view.getBigInt64(DIVISOR, true) : BigInt(view.getInt32(DIVISOR, true));
}

/** The greatest divisor of the distances of some numbers from the first; 0 where all are equal. */
export function commonDivisor(numbers: readonly bigint[]): bigint {
  const [first = 0n] = numbers;
  let divisor = 0n;
  for (const number of numbers) {
    let rest = number > first ? number - first : first - number;
    while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
    if (divisor === 1n) break;
  }
  return divisor;
}

/** Numbers spread evenly over a block, each with the one after it. */
export function drawn({ view }: Workspace, at: number, n: number, lane: 32 | 64): bigint[] {
  const pairs = Math.min(DRAWN, n >> 1);
  return Array.from({ length: 2 * pairs }, (_, index) => {
    const place =
      at + ((Math.floor(((index >> 1) * (n - 2)) / Math.max(1, pairs - 1)) + (index & 1)) * lane) / 8;
    return lane === 64 ? view.getBigInt64(place, true) : BigInt(view.getInt32(place, true));
  });
}

const DRAWN = 24;
