import { grown } from './slot-table.js';

const NONE = -1;
const FIRST_CAPACITY = 64;

/**
 * The numbers of uses that occur, in a chain from the least to the most. Each is named by the number of a list, which
 * is used again once the frequency no longer occurs.
 */
export class FrequencyChain {
  #uses: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** Neighbours plus one, so that a fresh column means "none". */
  #lower: Int32Array = new Int32Array(FIRST_CAPACITY);
  #higher: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** The lists that are free again, as a chain through `#higher`. */
  #free = 0;
  #used = 0;
  #least = 0;
  #most = 0;

  /** The list of the least frequency, or -1. */
  get least(): number {
    return this.#least - 1;
  }

  /** The list of the greatest frequency, or -1. */
  get most(): number {
    return this.#most - 1;
  }

  uses(list: number): number {
    return this.#uses[list] ?? 0;
  }

  lower(list: number): number {
    return (this.#lower[list] ?? 0) - 1;
  }

  higher(list: number): number {
    return (this.#higher[list] ?? 0) - 1;
  }

  /** The list of this frequency, made if there is none; its place is right above `below` (-1: the least of all). */
  above(below: number, uses: number): number {
    const next = below === NONE ? this.least : this.higher(below);
    return next !== NONE && this.uses(next) === uses ? next : this.#insert(below, next, uses);
  }

  remove(list: number): void {
    const lower = this.#lower[list] ?? 0;
    const higher = this.#higher[list] ?? 0;
    if (lower === 0) this.#least = higher;
    else this.#higher[lower - 1] = higher;
    if (higher === 0) this.#most = lower;
    else this.#lower[higher - 1] = lower;
    this.#higher[list] = this.#free;
    this.#free = list + 1;
  }

  #insert(below: number, next: number, uses: number): number {
    const list = this.#take();
    this.#uses[list] = uses;
    this.#lower[list] = below + 1;
    this.#higher[list] = next + 1;
    if (below === NONE) this.#least = list + 1;
    else this.#higher[below] = list + 1;
    if (next === NONE) this.#most = list + 1;
    else this.#lower[next] = list + 1;
    return list;
  }

  #take(): number {
    if (this.#free !== 0) {
      const list = this.#free - 1;
      this.#free = this.#higher[list] ?? 0;
      return list;
    }
    if (this.#used === this.#uses.length) {
      const capacity = 2 * this.#used;
      this.#uses = grown(this.#uses, new Float64Array(capacity));
      this.#lower = grown(this.#lower, new Int32Array(capacity));
      this.#higher = grown(this.#higher, new Int32Array(capacity));
    }
    return this.#used++;
  }
}
