import { countedBits, layMedian, EXACT_WIDTH } from './bins/binned.js';
import type { Level } from '../codec/codec.js';
import type { Lane } from './kernels/kernel.js';
import { DICTIONARY, FRAME, SECOND } from './kernels/layout.js';
import type { Order, Series, SeriesPlan } from './series.js';
import type { Workspace } from './workspace.js';

/** Spans of neighbours by which a block is judged, and the numbers in each. */
const SPANS = 4;
const SPAN = 512;
/** Numbers before each span, from which its differences are taken. */
export const LEAD = 2;
/** Below this only the numbers themselves are judged: differences have nothing to gain. */
const SHORTEST = 8;
/** At level `fast`, how many times smaller bins must be to be worth their time. */
const FAST_GAIN = 1.3;
/** Bits that one more difference must take off a number. */
const ORDER_GAIN = 0.05;

/** Neighbours that stand for a series of `n` numbers. Before each span stand the `LEAD` numbers that precede it. */
export interface Sample {
  readonly spans: readonly number[];
  readonly length: number;
  readonly n: number;
  readonly lane: Lane;
  readonly unsigned: boolean;
}

/** How to write a series, and the bits that a number of it is expected to take. */
export interface Estimate {
  readonly plan: SeriesPlan;
  readonly bits: number;
}

/** Where spans begin in a block of `n` numbers, and how long they are. */
export function placeSpans(n: number): { readonly firsts: readonly number[]; readonly length: number } {
  if (n < SHORTEST) return { firsts: [0], length: n };
  if (n <= SPANS * SPAN) return { firsts: [LEAD], length: n - LEAD };
  const last = n - LEAD - SPAN;
  const firsts = Array.from({ length: SPANS }, (_, span) => LEAD + Math.floor((last * span) / (SPANS - 1)));
  return { firsts, length: SPAN };
}

/** A sample of numbers where they stand. */
export function sampleOf({ at, n, lane, unsigned }: Series): Sample {
  const { firsts, length } = placeSpans(n);
  return { spans: firsts.map((first) => at + (first * lane) / 8), length, n, lane, unsigned };
}

/** The order of differences and the packing by which the series takes the fewest bits. */
export function estimate(
  workspace: Workspace,
  sample: Sample,
  level: Level,
  orders: readonly Order[],
): Estimate {
  let best: Estimate = { plan: { order: 0, packing: 'pack' }, bits: Infinity };
  const fast = level === 'fast';
  for (const order of orders) {
    if (order > 0 && sample.n < SHORTEST) break;
    gather(workspace, sample, order);
    const packed = sampledPacking(workspace, sample, order);
    // For what is nearly nothing there is no time to win.
    const binned = packed < 1 && fast ? Infinity : sampledBins(workspace, sample) * (fast ? FAST_GAIN : 1);
    const packing = fast ? (binned < packed ? 'bins' : 'pack') : 'smaller';
    const bits = Math.min(packed, binned);
    if (bits < best.bits - ORDER_GAIN) best = { plan: { order, packing }, bits };
  }
  return best;
}

/** The numbers of all spans one behind the other in `SECOND`, or their differences; returns how many they are. */
export function gather({ kernel, bytes }: Workspace, sample: Sample, order: Order): number {
  const { spans, length, lane } = sample;
  const width = lane / 8;
  let to = SECOND;
  for (const at of spans) {
    if (order === 0) bytes.copyWithin(to, at, at + length * width);
    else if (order === 1) kernel[lane].differences(at, length, to);
    else {
      kernel[lane].differences(at - width, length + 1, DICTIONARY);
      kernel[lane].differences(DICTIONARY + width, length, to);
    }
    to += length * width;
  }
  return spans.length * length;
}

/** The bits that a number takes when what was gathered is packed. */
function sampledPacking(workspace: Workspace, sample: Sample, order: Order): number {
  const { spans, length, n, lane, unsigned } = sample;
  let bits = 0;
  for (let span = 0; span < spans.length; span++) {
    const at = SECOND + (span * length * lane) / 8;
    bits += workspace.kernel[lane].width(at, length, order === 0 && unsigned);
  }
  return bits / spans.length + (8 + lane) / Math.min(FRAME, n);
}

/** The bits that a number takes when what was gathered is put into bins. */
function sampledBins(workspace: Workspace, { spans, length, n, lane }: Sample): number {
  const total = spans.length * length;
  const kernel = workspace.kernel[lane];
  const exact = kernel.width(SECOND, total, false) <= EXACT_WIDTH;
  if (!exact) layMedian(workspace, SECOND, total, lane);
  kernel.count(SECOND, total, exact);
  return countedBits(workspace, total, n, exact);
}
