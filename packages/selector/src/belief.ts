/** A factor of a million either way: what is learned stays finite whatever is observed. */
const MOST = Math.log(1e6);

/** By how much a logarithm rises with each of some beliefs: an index and a weight for each. */
export interface Gradient {
  readonly index: readonly number[];
  readonly weight: readonly number[];
}

/**
 * Logarithms of which only means and a covariance are known, and the step of a Kalman filter that updates them. What is
 * observed is always a sum of several: the covariance remembers that it is their sum which is known, and not each.
 */
export class Beliefs {
  readonly size: number;
  readonly mean: Float64Array;
  /** Row by row, symmetric. */
  readonly covariance: Float64Array;

  constructor(variances: readonly number[]) {
    this.size = variances.length;
    this.mean = new Float64Array(this.size);
    this.covariance = new Float64Array(this.size ** 2);
    variances.forEach((variance, i) => {
      this.covariance[i * (this.size + 1)] = variance;
    });
  }

  /** The sum of the means, of those from a place in the gradient on. */
  sum({ index, weight }: Gradient, from = 0): number {
    let sum = 0;
    for (let i = from; i < index.length; i++) sum += this.meanOf(index[i]) * (weight[i] ?? 0);
    return sum;
  }

  meanOf(index = 0): number {
    return this.mean[index] ?? 0;
  }

  varianceOf(index = 0): number {
    return this.covariance[index * (this.size + 1)] ?? 0;
  }

  /** The variance of the sum. */
  variance({ index, weight }: Gradient): number {
    let sum = 0;
    for (let i = 0; i < index.length; i++) {
      const row = (index[i] ?? 0) * this.size;
      const scale = weight[i] ?? 0;
      for (let j = 0; j < index.length; j++) {
        sum += scale * (weight[j] ?? 0) * (this.covariance[row + (index[j] ?? 0)] ?? 0);
      }
    }
    return Math.max(0, sum);
  }

  /**
   * Takes its part of a surprise.
   * @param total variance of the surprise: of everything that contributes to it, and of the noise
   * @param drift what is added to the doubt of what contributed
   */
  learn(gradient: Gradient, surprise: number, total: number, drift: number): void {
    const { size, mean, covariance } = this;
    const shared = this.#sharedWith(gradient);
    for (let i = 0; i < size; i++) {
      const own = shared[i] ?? 0;
      if (own === 0) continue;
      mean[i] = limited(this.meanOf(i) + (own * surprise) / total);
      for (let j = 0; j < size; j++) {
        const at = i * size + j;
        covariance[at] = (covariance[at] ?? 0) - (own * (shared[j] ?? 0)) / total;
      }
    }
    gradient.index.forEach((index, i) => {
      if (gradient.weight[i] !== 0) this.setVariance(index, Math.max(0, this.varianceOf(index)) + drift);
    });
  }

  setVariance(index: number, variance: number): void {
    this.covariance[index * (this.size + 1)] = variance;
  }

  /** Lets a belief return to nothing: a share of it is left, and its doubt grows. */
  fade(index: number, share: number, drift: number): void {
    const { size, mean, covariance } = this;
    mean[index] = this.meanOf(index) * share;
    for (let i = 0; i < size; i++) {
      for (const at of [i * size + index, index * size + i]) covariance[at] = (covariance[at] ?? 0) * share;
    }
    this.setVariance(index, this.varianceOf(index) + drift);
  }

  /** The covariance of each belief with the sum. */
  #sharedWith({ index, weight }: Gradient): Float64Array {
    const shared = new Float64Array(this.size);
    for (let i = 0; i < this.size; i++) {
      let sum = 0;
      for (let j = 0; j < index.length; j++) {
        sum += (this.covariance[i * this.size + (index[j] ?? 0)] ?? 0) * (weight[j] ?? 0);
      }
      shared[i] = sum;
    }
    return shared;
  }
}

/** What one sum has beside another: what both rest on cancels out. */
export function difference(a: Gradient, b: Gradient): Gradient {
  return {
    index: [...a.index, ...b.index],
    weight: [...a.weight, ...b.weight.map((weight) => -weight)],
  };
}

export function limited(logarithm: number): number {
  return Math.max(-MOST, Math.min(MOST, logarithm));
}
