/** Estimates how often the cache will have the answer, from how often it did. */
export class Reuse {
  #hits = 0;
  #asked = 0;

  /** Share of requests that hit, recent ones counting more; 0.3 before anything was seen. */
  get probability(): number {
    return (this.#hits + 0.3 * 4) / (this.#asked + 4);
  }

  observe(hit: boolean): void {
    this.#hits = this.#hits * 0.99 + (hit ? 1 : 0);
    this.#asked = this.#asked * 0.99 + 1;
  }
}
