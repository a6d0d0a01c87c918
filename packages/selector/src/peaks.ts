import { limited } from './belief.js';

/** How far an outcome moves what is believed, and by what factor it counts at most. */
const RATE = 0.2;
const CLIP = Math.log(4);

/** By what factor each strategy's peak of memory is off, over all routes. */
export class Peaks {
  readonly #errors = new Map<string, number>();

  factor(strategy: string): number {
    return Math.exp(this.#errors.get(strategy) ?? 0);
  }

  observe(strategy: string, expectedBytes: number, realBytes: number): void {
    if (!(expectedBytes > 0) || !(realBytes > 0)) return;
    const known = this.#errors.get(strategy) ?? 0;
    const surprise = Math.log(realBytes / expectedBytes) - known;
    this.#errors.set(strategy, limited(known + RATE * Math.max(-CLIP, Math.min(CLIP, surprise))));
  }

  toJSON(): [string, number][] {
    return [...this.#errors].map(([strategy, error]) => [strategy, Number(error.toPrecision(4))]);
  }

  restore(errors: readonly (readonly [string, number])[]): void {
    for (const [strategy, error] of errors) this.#errors.set(strategy, error);
  }
}
