import type { Level } from '../codec/codec.js';
import { scaleOf } from './filters/decimals.js';
import { MOST_ENTRIES } from './filters/dictionary.js';
import type { Block, BlockPlan, FilterName } from './filters/filter.js';
import { isConstant, rotatedSeries, widened } from './filters/integers.js';
import { CONTENT, DICTIONARY, FIRST, POSITIONS, SECOND, SPARE } from './kernels/layout.js';
import { commonDivisor, drawn, layOrigin } from './filters/multiples.js';
import { shuffledGain } from './filters/shuffled.js';
import { singleSeries } from './filters/singles.js';
import { estimate, gather, LEAD, placeSpans, sampleOf } from './sample.js';
import type { Order } from './series.js';
import { PackedWriter, type Workspace } from './workspace.js';

/** How many times smaller than the next best a filter must be that takes longer. */
const MARGIN = 1.05;
/** Runs are read several times faster than anything else, which is worth some bits. */
const RUNS_MARGIN = 0.7;
/** What is not made smaller than this part of itself may repeat instead. */
const HARD = 0.8;
/** How many times more bits than the block that was judged first, and how many besides, a later one may take. */
const TOLERANCE = 1.1;
const TOLERATED = 0.1;
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
export interface Candidate {
  readonly plan: BlockPlan;
  readonly bits: number;
}

/** What a block is judged by. */
interface Judged {
  readonly block: Block;
  readonly workspace: Workspace;
  readonly level: Level;
  /** The orders of differences that are tried. */
  readonly orders: readonly Order[];
}

const ALL_ORDERS: readonly Order[] = [0, 1, 2];

/**
 * Judges the block that stands in `CONTENT` by a sample of it. What was chosen for the previous one is taken again as
 * long as it promises about as much: that takes a fraction of the time.
 */
export function choose(
  block: Block,
  workspace: Workspace,
  level: Level,
  previous: Candidate | undefined,
  unfit: readonly FilterName[] = [],
): Candidate {
  if (block.n === 0) return { plan: { filter: 'raw' }, bits: 0 };
  if (isConstant(block, workspace)) return { plan: { filter: 'constant' }, bits: 0 };
  const again =
    previous === undefined ? undefined : sameAgain({ block, workspace, level, orders: [] }, previous);
  if (again !== undefined && previous !== undefined && again.bits <= previous.bits * TOLERANCE + TOLERATED) {
    // The first one stays the measure, so that many small steps do not add up.
    return { plan: again.plan, bits: previous.bits };
  }
  return best({ block, workspace, level, orders: ALL_ORDERS }, unfit);
}

function best(judged: Judged, unfit: readonly FilterName[]): Candidate {
  const { block, workspace, level } = judged;
  const { element } = block;
  const candidates: Candidate[] = [{ plan: { filter: 'raw' }, bits: element.bytes * 8 }];
  if (element.kind === 'float') candidates.push(...asFloats(judged));
  candidates.push(asIntegers(judged), ...asRuns(judged), ...asDictionary(judged));
  if (element.bytes > 1) candidates.push(...asMultiples(judged));
  const chosen = candidates
    .filter(({ plan }) => !unfit.includes(plan.filter))
    .reduce((least, next) => (next.bits < least.bits ? next : least));
  if (level !== 'balanced' || chosen.bits < element.bytes * 8 * HARD || unfit.includes('shuffled'))
    return chosen;
  // What looks like noise may be a pattern that repeats.
  const { order, gain } = shuffledGain(block, new PackedWriter(workspace));
  const bits = ((element.bytes * 8) / gain) * MARGIN;
  return bits < chosen.bits ? { plan: { filter: 'shuffled', order, level: 1 }, bits } : chosen;
}

/** The candidate that was chosen before, by the sample of this block. */
function sameAgain(judged: Judged, { plan }: Candidate): Candidate | undefined {
  if (plan.filter === 'raw' || plan.filter === 'constant' || plan.filter === 'shuffled') return undefined;
  const same = { ...judged, orders: [plan.series.order] };
  switch (plan.filter) {
    case 'integers':
      return asIntegers(same);
    case 'rotated':
      return asRotated(same);
    case 'decimals':
      return asDecimals(same, plan.exponent);
    case 'multiples':
      return asMultiples(same, plan.divisor)[0];
    case 'singles':
      return asSingles(same);
    case 'runs':
      return asRuns(same)[0];
    case 'dictionary':
      return asDictionary(same)[0];
  }
}

function asIntegers({ block, workspace, level, orders }: Judged): Candidate {
  const { plan, bits } = estimate(workspace, sampleOf(widened(block, workspace)), level, orders);
  return { plan: { filter: 'integers', series: plan }, bits };
}

function asRotated({ block, workspace, level, orders }: Judged): Candidate {
  const { plan, bits } = estimate(workspace, sampleOf(rotatedSeries(block, workspace)), level, orders);
  return { plan: { filter: 'rotated', series: plan }, bits };
}

function asFloats(judged: Judged): Candidate[] {
  const { block, workspace } = judged;
  const exponent = block.element.bytes < 4 ? undefined : findExponent(block, workspace);
  const decimals = exponent === undefined ? undefined : asDecimals(judged, exponent);
  // What reads as decimals gains nothing when it is taken by its bits.
  if (decimals !== undefined) return [decimals];
  const singles = block.element.bytes === 8 ? asSingles(judged) : undefined;
  return [singles ?? asRotated(judged)];
}

function asSingles({ block, workspace, level, orders }: Judged): Candidate | undefined {
  const series = singleSeries(block, workspace);
  if (series === undefined) return undefined;
  const { plan, bits } = estimate(workspace, sampleOf(series), level, orders);
  return { plan: { filter: 'singles', series: plan }, bits };
}

/** Integers that have a divisor in common: the one of some of them, or the one that the block before had. */
function asMultiples({ block, workspace, level, orders }: Judged, known?: bigint): Candidate[] {
  const { at, n, lane } = widened(block, workspace);
  const divisor = known ?? commonDivisor(drawn(workspace, at, n, lane));
  if (divisor <= 1n || divisor >= 2n ** BigInt(lane - 1)) return [];
  const { firsts, length } = placeSpans(n);
  const lead = firsts[0] === 0 ? 0 : LEAD;
  // Behind what was widened, where that stands in the same region.
  const region = at === FIRST ? POSITIONS : FIRST;
  layOrigin(workspace, block, at, divisor);
  const spans: number[] = [];
  let to = region;
  for (const first of firsts) {
    const from = at + ((first - lead) * lane) / 8;
    if (workspace.kernel[lane].divide(from, length + lead, to) === 0) return [];
    spans.push(to + (lead * lane) / 8);
    to += ((length + lead) * lane) / 8;
  }
  const { plan, bits } = estimate(workspace, { spans, length, n, lane, unsigned: false }, level, orders);
  return [{ plan: { filter: 'multiples', divisor, series: plan }, bits: bits * MARGIN + (2 * lane) / n }];
}

function asDecimals({ block, workspace, level, orders }: Judged, exponent: number): Candidate | undefined {
  const { lane } = block.element;
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
  const sample = { spans, length, n: block.n, lane, unsigned: false };
  const { plan, bits } = estimate(workspace, sample, level, orders);
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

function asRuns({ block, workspace, level }: Judged): Candidate[] {
  const { kernel } = workspace;
  const sample = sampleOf(widened(block, workspace));
  const { spans, lane } = sample;
  const total = gather(workspace, sample, 0);
  // Where one span ends and the next begins there is none.
  const runs = kernel[lane].runs(SECOND, total, SECOND, POSITIONS) - (spans.length - 1);
  if (runs * 3 > total) return [];
  const valueBits = kernel[lane].width(SECOND, Math.max(1, runs), sample.unsigned);
  const bits = (runs / total) * (valueBits + LENGTH_BITS) * RUNS_MARGIN;
  const packing = level === 'fast' ? 'pack' : 'smaller';
  return [{ plan: { filter: 'runs', series: { order: 0, packing } }, bits }];
}

function asDictionary({ block, workspace, level, orders }: Judged): Candidate[] {
  const { kernel } = workspace;
  const sample = sampleOf(widened(block, workspace));
  const { lane, n, unsigned, spans, length } = sample;
  const total = gather(workspace, sample, 0);
  const half = kernel[lane].index(SECOND, total >> 1, POSITIONS, DICTIONARY, MOST_ENTRIES);
  const found = kernel[lane].index(SECOND, total, POSITIONS, DICTIONARY, Math.ceil(total / 4));
  if (found === 0) return [];
  // What was still new in the second half goes on being new in the rest of the block.
  const entries = found + (found - half) * Math.max(0, (2 * n) / total - 2);
  const valueBits = kernel[lane].width(DICTIONARY, found, unsigned);
  const lead = Math.min(LEAD, length - 1);
  const codes = {
    spans: spans.map((_, span) => POSITIONS + 4 * (span * length + lead)),
    length: length - lead,
    n,
    lane: 32,
    unsigned: true,
  } as const;
  const { plan, bits } = estimate(workspace, codes, level, orders);
  return [
    { plan: { filter: 'dictionary', series: plan }, bits: (bits + (entries * valueBits) / n) * MARGIN },
  ];
}
