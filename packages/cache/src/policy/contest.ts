/*
 * Which of several candidates would have saved the most, judged from the accesses at which they differ. Older accesses
 * fade by half each period. The leader is followed only when its lead is more than the noise: more than half a
 * hundredth of all that was at stake and more than one standard deviation of the sum of the differences.
 */

const MARGIN = 0.005;
const MIN_PERIOD = 64;
/** A cost counts as so many times the mean at most: a single outlier must not decide for long. */
const OUTLIER = 100;
/** No cost is taken for more than this, some thirty years in milliseconds: its square would overflow. */
const MOST = 1e12;

export class Contest {
  readonly #saved: Float64Array;
  /** For each pair, the sum of the squares of what one saved and the other did not. */
  readonly #disagreement: Float64Array;
  readonly #candidates: number;
  #atStake = 0;
  /** How many accesses `#atStake` is the sum of, faded like it. */
  #weight = 0;
  #accesses = 0;
  #period = MIN_PERIOD;

  constructor(candidates: number) {
    this.#candidates = candidates;
    this.#saved = new Float64Array(candidates);
    this.#disagreement = new Float64Array(candidates * candidates);
  }

  /** How many accesses it takes until the past counts half. */
  set period(accesses: number) {
    this.#period = Math.max(MIN_PERIOD, accesses);
  }

  /** One access: what it was worth, and a bit for each candidate that would have had it. */
  record(given: number, present: number): void {
    const n = this.#candidates;
    const most = this.#weight === 0 ? MOST : Math.min(MOST, (OUTLIER * this.#atStake) / this.#weight);
    const cost = Math.min(given, most);
    this.#atStake += cost;
    this.#weight += 1;
    this.#tick();
    if (present === 0) return;
    if (present === (1 << n) - 1) {
      for (let a = 0; a < n; a++) this.#saved[a] = (this.#saved[a] ?? 0) + cost;
      return;
    }
    const square = cost * cost;
    for (let a = 0; a < n; a++) {
      if ((present & (1 << a)) === 0) continue;
      this.#saved[a] = (this.#saved[a] ?? 0) + cost;
      for (let b = 0; b < n; b++) {
        if ((present & (1 << b)) !== 0) continue;
        this.#differ(a * n + b, square);
        this.#differ(b * n + a, square);
      }
    }
  }

  /** Who is to be followed, given who is followed now. */
  leader(current: number): number {
    let best = current;
    for (let other = 0; other < this.#candidates; other++) {
      if ((this.#saved[other] ?? 0) > (this.#saved[best] ?? 0)) best = other;
    }
    if (best === current) return current;
    const lead = (this.#saved[best] ?? 0) - (this.#saved[current] ?? 0);
    const sigma = Math.sqrt(this.#disagreement[best * this.#candidates + current] ?? 0);
    return lead > MARGIN * this.#atStake + sigma ? best : current;
  }

  #tick(): void {
    this.#accesses += 1;
    if (this.#accesses >= this.#period) this.#fade();
  }

  #differ(pair: number, square: number): void {
    this.#disagreement[pair] = (this.#disagreement[pair] ?? 0) + square;
  }

  #fade(): void {
    this.#accesses = 0;
    this.#atStake /= 2;
    this.#weight /= 2;
    for (let i = 0; i < this.#saved.length; i++) this.#saved[i] = (this.#saved[i] ?? 0) / 2;
    for (let i = 0; i < this.#disagreement.length; i++) {
      this.#disagreement[i] = (this.#disagreement[i] ?? 0) / 2;
    }
  }
}
