/** Memory for the runs of one page after the other: what is used at once need not be made anew for each. */
export class RunRoom {
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);

  /** Room for so many runs, with whatever stands in it; good until the next call. */
  take(count: number): { readonly starts: Int32Array; readonly ends: Int32Array } {
    if (this.#starts.length < count) {
      this.#starts = new Int32Array(count);
      this.#ends = new Int32Array(count);
    }
    return { starts: this.#starts.subarray(0, count), ends: this.#ends.subarray(0, count) };
  }
}
