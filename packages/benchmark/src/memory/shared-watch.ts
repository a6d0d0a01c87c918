/**
 * What the thread under test and the watching thread share: a header of whole numbers, the highest figure, and room for
 * samples. Where the room is full, neighbours are merged, the higher one kept, and from then on half as many are written: the
 * course of an hour fits as well as that of a millisecond, and no peak is lost.
 */
const HEADER = { stop: 0, wanted: 1, seen: 2, count: 3 } as const;
const HEADER_BYTES = 32;
const ROOM = 4096;

/** What is posted to the watching thread. */
export interface WatchOrder {
  readonly shared: SharedArrayBuffer;
  readonly intervalMs: number;
}

export class SharedWatch {
  readonly shared: SharedArrayBuffer;
  readonly #header: Int32Array;
  readonly #peak: Float64Array;
  readonly #samples: Float64Array;
  #stride = 1;
  #skipped = 0;
  #highest = 0;
  #highestAt = 0;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + 16 * ROOM)) {
    this.shared = shared;
    this.#header = new Int32Array(shared, 0, 4);
    this.#peak = new Float64Array(shared, 16, 1);
    this.#samples = new Float64Array(shared, HEADER_BYTES);
  }

  get stopped(): boolean {
    return Atomics.load(this.#header, HEADER.stop) !== 0;
  }

  /** Asks for a new peak: figures looked up before this moment no longer count. */
  mark(): void {
    Atomics.add(this.#header, HEADER.wanted, 1);
  }

  /** The peak since the last mark; `undefined` when the watching thread has not looked since. */
  get peak(): number | undefined {
    const seen = Atomics.load(this.#header, HEADER.seen) === Atomics.load(this.#header, HEADER.wanted);
    return seen ? this.#peak[0] : undefined;
  }

  stop(): void {
    Atomics.store(this.#header, HEADER.stop, 1);
    Atomics.notify(this.#header, HEADER.stop);
  }

  /** Sleeps until it is time for the next look, or until the watch is over. */
  sleep(ms: number): void {
    Atomics.wait(this.#header, HEADER.stop, 0, ms);
  }

  /** One look. The mark is read before the figure, so that a figure never counts for a mark set after it. */
  look(read: () => number, at: () => number): void {
    const wanted = Atomics.load(this.#header, HEADER.wanted);
    const bytes = read();
    const before = wanted === Atomics.load(this.#header, HEADER.seen) ? (this.#peak[0] ?? 0) : 0;
    this.#peak[0] = Math.max(before, bytes);
    Atomics.store(this.#header, HEADER.seen, wanted);
    this.#write(at(), bytes);
  }

  /** Pairs of time and bytes, in order of time. */
  samples(): [at: number, bytes: number][] {
    const count = Atomics.load(this.#header, HEADER.count);
    return Array.from({ length: count }, (_, i) => [
      this.#samples[2 * i] ?? 0,
      this.#samples[2 * i + 1] ?? 0,
    ]);
  }

  #write(at: number, bytes: number): void {
    if (bytes >= this.#highest) {
      this.#highest = bytes;
      this.#highestAt = at;
    }
    this.#skipped += 1;
    if (this.#skipped < this.#stride) return;
    let count = Atomics.load(this.#header, HEADER.count);
    if (count === ROOM) {
      count = this.#halve();
      this.#stride *= 2;
    }
    this.#samples[2 * count] = this.#highestAt;
    this.#samples[2 * count + 1] = this.#highest;
    Atomics.store(this.#header, HEADER.count, count + 1);
    this.#highest = 0;
    this.#skipped = 0;
  }

  #halve(): number {
    const samples = this.#samples;
    for (let i = 0; i < ROOM / 2; i++) {
      const left = samples[4 * i + 1] ?? 0;
      const right = samples[4 * i + 3] ?? 0;
      const from = 4 * i + (right > left ? 2 : 0);
      samples[2 * i] = samples[from] ?? 0;
      samples[2 * i + 1] = samples[from + 1] ?? 0;
    }
    return ROOM / 2;
  }
}
