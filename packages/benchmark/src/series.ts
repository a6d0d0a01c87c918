/** A list of numbers that grows without boxing them: samples are written here while time is being taken. */
export class Series {
  #values = new Float64Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: number): void {
    if (this.#size === this.#values.length) {
      const larger = new Float64Array(2 * this.#size);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#size] = value;
    this.#size += 1;
  }

  clear(): void {
    this.#size = 0;
  }

  /** The numbers so far, in place: later pushes may not show up in it. */
  view(): Float64Array {
    return this.#values.subarray(0, this.#size);
  }
}
