/** Reproducible draws: the same seed gives the same sequence everywhere (mulberry32, Tommy Ettinger, public domain). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A standard normal draw. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

/** Draws whole numbers below `items`, `i` with a weight of `1 / (i + 1) ** exponent`. */
export class Zipf {
  readonly #cumulative: Float64Array;
  readonly #random: Random;

  constructor(items: number, exponent: number, random: Random) {
    this.#random = random;
    this.#cumulative = new Float64Array(items);
    let sum = 0;
    for (let i = 0; i < items; i++) {
      sum += 1 / (i + 1) ** exponent;
      this.#cumulative[i] = sum;
    }
  }

  next(): number {
    const drawn = this.#random.next() * (this.#cumulative.at(-1) ?? 0);
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulative[middle] ?? 0) < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
