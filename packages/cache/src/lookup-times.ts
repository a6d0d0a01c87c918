/** How long lookups took, in milliseconds; 0 before the first one was timed. Percentiles are right to within a ninth. */
export interface LookupTimeStatistics {
  readonly timed: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Eight bins for each doubling, from a nanosecond to some eight minutes. */
const BINS_PER_DOUBLING = 8;
const DOUBLINGS = 39;
const NANOSECONDS = 1e6;

/** A histogram of times in bins whose width is in proportion to the time. */
export class LookupTimes {
  readonly #bins = new Uint32Array(BINS_PER_DOUBLING * DOUBLINGS);
  #timed = 0;
  #max = 0;

  add(ms: number): void {
    const bin = Math.floor(BINS_PER_DOUBLING * Math.log2(Math.max(1, ms * NANOSECONDS)));
    const last = Math.min(bin, this.#bins.length - 1);
    this.#bins[last] = (this.#bins[last] ?? 0) + 1;
    this.#timed += 1;
    this.#max = Math.max(this.#max, ms);
  }

  snapshot(): LookupTimeStatistics {
    return Object.freeze({
      timed: this.#timed,
      p50: this.#percentile(0.5),
      p99: this.#percentile(0.99),
      max: this.#max,
    });
  }

  /** The middle of the bin in which the percentile lies. */
  #percentile(part: number): number {
    let rest = part * this.#timed;
    if (rest === 0) return 0;
    for (const [bin, count] of this.#bins.entries()) {
      rest -= count;
      if (rest <= 0) return Math.min(this.#max, 2 ** ((bin + 0.5) / BINS_PER_DOUBLING) / NANOSECONDS);
    }
    return this.#max;
  }
}
