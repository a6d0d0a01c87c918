/**
 * Jobs that are worked on at the same time and whose results come out in the order of the jobs. No more than `width`
 * are under way, so that memory stays bounded.
 */
export class Pipeline<R> {
  readonly #width: number;
  readonly #deliver: (result: R) => void;
  readonly #running: Promise<R>[] = [];

  constructor(width: number, deliver: (result: R) => void) {
    this.#width = width;
    this.#deliver = deliver;
  }

  /** Takes a job in; fulfilled when there is room for another. */
  async add(job: Promise<R>): Promise<void> {
    // Whether it failed is asked in its turn, or never when one before it did.
    job.catch(() => undefined);
    this.#running.push(job);
    while (this.#running.length > this.#width) await this.#next();
  }

  /** Fulfilled when all results were delivered. */
  async drain(): Promise<void> {
    while (this.#running.length > 0) await this.#next();
  }

  async #next(): Promise<void> {
    const first = this.#running.shift();
    if (first !== undefined) this.#deliver(await first);
  }
}
