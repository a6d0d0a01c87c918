import { medianInterval } from './interval.js';
import { median, medianAbsoluteDeviation, SIGMA_PER_MAD } from './statistics.js';
import { Series } from './series.js';

/**
 * # Pair ratios
 *
 * In each round the base and the candidate are timed one right after the other, so whatever slows the machine down for longer
 * than a round slows both and cancels in their ratio. Rounds come in couples, the second in the reverse order of the first:
 * over a couple a steady drift and the advantage of a position cancel as well. What remains of a position effect is estimated as
 * half the distance between the medians of the two orders and taken out of each ratio before the pooled median is drawn,
 * since a median over two humps would sit on either of them.
 *
 * All work is done on logarithms of ratios: swapping the sides then only changes the sign.
 */
export interface PairAnalysis {
  /** Candidate time divided by base time: the median pair ratio. */
  readonly ratio: number;
  /** The interval of the ratio; `0` and `Infinity` when there are too few pairs for the confidence asked. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** How many independent pairs these are worth. */
  readonly effective: number;
  /** Standard deviation of one pair ratio as a share, estimated from the median absolute deviation. */
  readonly spread: number;
}

/** A shift between two halves of the pairs, and whether it is beyond chance (1 %). */
export interface Shift {
  /** For an order effect: the time of whoever comes second, divided by the same when first. For a drift: last half over first. */
  readonly factor: number;
  readonly clear: boolean;
}

const FEWEST_PER_ORDER = 4;
const CLEAR = 0.01;

export class Pairs {
  readonly #logs = new Series();
  readonly #seconds = new Series();
  #baseMs = 0;
  #candidateMs = 0;

  get size(): number {
    return this.#logs.size;
  }

  /** Adds one round: both times per call, and whether the candidate came after the base. Senseless times are left out. */
  add(baseMs: number, candidateMs: number, candidateSecond: boolean): void {
    const log = Math.log(candidateMs / baseMs);
    if (!Number.isFinite(log)) return;
    this.#logs.push(log);
    this.#seconds.push(candidateSecond ? 1 : -1);
    this.#baseMs += baseMs;
    this.#candidateMs += candidateMs;
  }

  /** The ratio of the mean times: what the median leaves out, such as collections, is in it. */
  get meanRatio(): number {
    return this.#candidateMs / this.#baseMs;
  }

  /** The ratio and an interval that misses the true one with a chance of `error`. */
  analyse(error: number): PairAnalysis {
    const logs = this.#centred();
    const found = medianInterval(logs, error);
    return {
      ratio: Math.exp(found.median),
      low: Math.exp(found.low),
      high: Math.exp(found.high),
      pairs: logs.length,
      effective: found.effective,
      spread: SIGMA_PER_MAD * medianAbsoluteDeviation(logs, found.median),
    };
  }

  /** What coming second does; `undefined` with too few pairs of either order. */
  orderEffect(): Shift | undefined {
    const { first, second } = this.#byOrder();
    return shift(first, second, 0.5);
  }

  /** How the ratio moved from the first half of the run to the last; `undefined` with too few pairs. */
  drift(): Shift | undefined {
    const logs = this.#centred();
    const half = logs.length >> 1;
    return shift(logs.subarray(0, half), logs.subarray(logs.length - half), 1);
  }

  /** The ratios in order of time, the order effect taken out. */
  ratios(): Float64Array {
    return this.#centred().map(Math.exp);
  }

  #centred(): Float64Array {
    const { first, second } = this.#byOrder();
    const logs = this.#logs.view().slice();
    if (first.length < FEWEST_PER_ORDER || second.length < FEWEST_PER_ORDER) return logs;
    const effect = (median(second) - median(first)) / 2;
    const seconds = this.#seconds.view();
    return logs.map((log, i) => log - effect * (seconds[i] ?? 0));
  }

  #byOrder(): { first: Float64Array; second: Float64Array } {
    const seconds = this.#seconds.view();
    const logs = this.#logs.view();
    return {
      first: logs.filter((_, i) => (seconds[i] ?? 0) < 0),
      second: logs.filter((_, i) => (seconds[i] ?? 0) > 0),
    };
  }
}

function shift(from: Float64Array, to: Float64Array, share: number): Shift | undefined {
  if (from.length < FEWEST_PER_ORDER || to.length < FEWEST_PER_ORDER) return undefined;
  const before = medianInterval(from, CLEAR);
  const after = medianInterval(to, CLEAR);
  return {
    factor: Math.exp((after.median - before.median) * share),
    clear: before.high < after.low || after.high < before.low,
  };
}
