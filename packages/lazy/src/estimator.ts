import { isSize } from './size.js';
import type { Convertible } from './ports.js';

interface Correction {
  /** The mean of ln(seen / estimated). */
  bias: number;
  seen: number;
}

// The plain mean over the first few conversions, then the recent ones count most.
const LEAST_WEIGHT = 0.2;

/** What a conversion will weigh: the adapter's estimate, corrected by how far it was off before. */
export class Estimator {
  readonly #corrections = new WeakMap<object, Correction>();

  /** The adapter's own estimate in bytes, or `undefined` when it gives none that is usable. */
  raw<T, Q>(adapter: Convertible<T, Q>, request: Q): number | undefined {
    try {
      const bytes = adapter.estimateCost?.(request).bytes;
      return isSize(bytes) ? bytes : undefined;
    } catch {
      // An estimate is a hint. A request that cannot even be estimated says what is wrong when it is converted.
      return undefined;
    }
  }

  /** A raw estimate of this adapter, corrected. */
  corrected(adapter: object, raw: number | undefined): number | undefined {
    const bias = this.#corrections.get(adapter)?.bias ?? 0;
    return raw === undefined ? undefined : raw * Math.exp(bias);
  }

  /** Takes in what a conversion really weighed. */
  learn(adapter: object, raw: number | undefined, seen: number): void {
    // Nothing can be learned from a ratio with zero in it.
    if (raw === undefined || raw === 0 || seen === 0) return;
    const correction = this.#corrections.get(adapter) ?? { bias: 0, seen: 0 };
    correction.seen += 1;
    const weight = Math.max(1 / correction.seen, LEAST_WEIGHT);
    correction.bias += weight * (Math.log(seen / raw) - correction.bias);
    this.#corrections.set(adapter, correction);
  }
}
