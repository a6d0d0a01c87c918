import type { Level } from '../codec/codec.js';
import { scaleOf } from './filters/decimals.js';
import type { Block, BlockPlan } from './filters/filter.js';
import { isConstant, rotatedSeries, widened } from './filters/integers.js';
import { CONTENT, DICTIONARY, FIRST, POSITIONS, SECOND, SPARE } from './kernels/layout.js';
import { estimate, gather, LEAD, placeSpans, sampleOf, type Sample } from './sample.js';
import type { Workspace } from './workspace.js';

/** How many times smaller than the next best a filter must be that takes longer. */
const MARGIN = 1.05;
/** Numbers of each span by which the exponent of ten is found. */
const TRIAL = 32;
const HIGHEST_EXPONENT = 18;
const LOWEST_EXPONENT = -18;
/** More exceptions than these, and the numbers are no decimals. */
const MOST_EXCEPTIONS = 1 / 5;
/** Bits that the position of an exception takes. */
const POSITION_BITS = 10;
/** Bits that the length of a run takes. */
const LENGTH_BITS = 8;

/** A way to write a block, and the bits that a number of it is expected to take. */
interface Candidate {
  readonly plan: BlockPlan;
  readonly bits: number;
}

/** Judges the block that stands in `CONTENT` by a sample of it. */
export function choosePlan(block: Block, workspace: Workspace, level: Level): BlockPlan {
  const { element, n } = block;
  if (n === 0) return { filter: 'raw' };
  if (isConstant(block, workspace)) return { filter: 'constant' };
  const candidates: Candidate[] = [{ plan: { filter: 'raw' }, bits: element.bytes * 8 }];
  const series = widened(block, workspace);
  const sample = sampleOf(series);
  const { plan, bits } = estimate(workspace, sample, level);
  candidates.push({ plan: { filter: 'integers', series: plan }, bits });
  candidates.push(...asRuns(workspace, sample, level), ...asDictionary(workspace, sample, level));
  if (element.kind === 'float') candidates.push(...asFloats(block, workspace, level));
  return candidates.reduce((best, next) => (next.bits < best.bits ? next : best)).plan;
}

function asFloats(block: Block, workspace: Workspace, level: Level): Candidate[] {
  const decimals = block.element.bytes < 4 ? undefined : asDecimals(block, workspace, level);
  // What reads as decimals gains nothing when it is taken by its bits.
  if (decimals !== undefined) return [decimals];
  const { plan, bits } = estimate(workspace, sampleOf(rotatedSeries(block, workspace)), level);
  return [{ plan: { filter: 'rotated', series: plan }, bits: bits * MARGIN }];
}

function asDecimals(block: Block, workspace: Workspace, level: Level): Candidate | undefined {
  const { lane } = block.element;
  const exponent = findExponent(block, workspace);
  if (exponent === undefined) return undefined;
  const { scale, divide } = scaleOf(exponent);
  const { firsts, length } = placeSpans(block.n);
  const lead = firsts[0] === 0 ? 0 : LEAD;
  const spans: number[] = [];
  let exceptions = 0;
  let to = FIRST;
  for (const first of firsts) {
    const from = CONTENT + ((first - lead) * lane) / 8;
    exceptions += workspace.kernel[lane].toDecimals(from, length + lead, scale, divide, to, POSITIONS);
    spans.push(to + (lead * lane) / 8);
    // One number more may have been written.
    to += ((length + lead + 1) * lane) / 8;
  }
  const part = exceptions / (firsts.length * (length + lead));
  if (part > MOST_EXCEPTIONS) return undefined;
  const { plan, bits } = estimate(workspace, { spans, length, n: block.n, lane, unsigned: false }, level);
  return { plan: { filter: 'decimals', exponent, series: plan }, bits: bits + part * (lane + POSITION_BITS) };
}

/** The exponent of ten by which the fewest numbers are exceptions, and of those the one with the smallest integers. */
function findExponent({ element, n }: Block, workspace: Workspace): number | undefined {
  const { kernel, bytes } = workspace;
  const { lane, bytes: width } = element;
  const { firsts, length } = placeSpans(n);
  const trial = Math.min(TRIAL, length);
  for (const [index, first] of firsts.entries()) {
    const from = CONTENT + first * width;
    bytes.copyWithin(SPARE + index * trial * width, from, from + trial * width);
  }
  const total = trial * firsts.length;
  const tried = (exponent: number): number => {
    const { scale, divide } = scaleOf(exponent);
    return kernel[lane].toDecimals(SPARE, total, scale, divide, DICTIONARY, POSITIONS);
  };
  let best: number | undefined;
  let fewest = Math.floor(total * MOST_EXCEPTIONS) + 1;
  for (let exponent = 0; exponent <= HIGHEST_EXPONENT && fewest > 0; exponent++) {
    const exceptions = tried(exponent);
    if (exceptions >= fewest) continue;
    fewest = exceptions;
    best = exponent;
  }
  if (best !== 0) return best;
  // Whole numbers: perhaps they end in zeros.
  while (best > LOWEST_EXPONENT && tried(best - 1) <= fewest) best -= 1;
  return best;
}

function asRuns(workspace: Workspace, sample: Sample, level: Level): Candidate[] {
  const { kernel } = workspace;
  const { spans, length, lane } = sample;
  const total = gather(workspace, sample, 0);
  const runs = kernel[lane].runs(SECOND, total, SECOND, POSITIONS);
  if (runs * 3 > total) return [];
  const valueBits = kernel[lane].width(SECOND, runs, sample.unsigned);
  const bits = (runs / (spans.length * length)) * (valueBits + LENGTH_BITS);
  const packing = level === 'fast' ? 'pack' : 'smaller';
  return [{ plan: { filter: 'runs', series: { order: 0, packing } }, bits }];
}

function asDictionary(workspace: Workspace, sample: Sample, level: Level): Candidate[] {
  const { kernel } = workspace;
  const { lane, n, unsigned } = sample;
  const total = gather(workspace, sample, 0);
  const entries = kernel[lane].index(SECOND, total, POSITIONS, DICTIONARY, Math.ceil(total / 4));
  if (entries === 0) return [];
  const valueBits = kernel[lane].width(DICTIONARY, entries, unsigned);
  const codes = { spans: [POSITIONS], length: total, n, lane: 32, unsigned: true } as const;
  const { plan, bits } = estimate(workspace, codes, level, [0]);
  return [
    { plan: { filter: 'dictionary', series: plan }, bits: (bits + (entries * valueBits) / n) * MARGIN },
  ];
}
