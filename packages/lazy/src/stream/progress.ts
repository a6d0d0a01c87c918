import type { Clock } from '@perf/internal/clock';

/** What is known beforehand of the whole source. */
export interface StreamTotal {
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
}

/** How far a run has come. */
export interface StreamProgress {
  /** Batches, rows and bytes that the source has given. */
  readonly batches: number;
  readonly rows: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Lately: over the last seconds, the most recent ones counting most. */
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  /** 0 to 1, when `total` was given; by its bytes if it has them. */
  readonly fraction: number | undefined;
  /** At this rate; `undefined` without a total, or before there is a rate. */
  readonly remainingMs: number | undefined;
  /** Whether the source has come to its end. */
  readonly done: boolean;
}

/** What a rate is averaged over, in milliseconds: short enough to follow, long enough to be read. */
const WINDOW_MS = 3000;

/** Counts what the source gives, and tells now and then. */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #total: StreamTotal;
  readonly #interval: number;
  readonly #tell: ((progress: StreamProgress) => void) | undefined;
  readonly #rows = new Rate();
  readonly #bytes = new Rate();
  #startedAt: number | undefined;
  #batches = 0;
  #toldAt = 0;

  constructor(o: {
    readonly clock: Clock;
    readonly total: StreamTotal;
    readonly interval: number;
    readonly tell: ((progress: StreamProgress) => void) | undefined;
  }) {
    this.#clock = o.clock;
    this.#total = o.total;
    this.#interval = o.interval;
    this.#tell = o.tell;
  }

  /** The time counts from now. */
  begin(): void {
    this.#startedAt = this.#clock.now();
    this.#toldAt = this.#startedAt;
    this.#rows.begin(this.#startedAt);
    this.#bytes.begin(this.#startedAt);
  }

  get batches(): number {
    return this.#batches;
  }

  get rows(): number {
    return this.#rows.sum;
  }

  get bytes(): number {
    return this.#bytes.sum;
  }

  get elapsedMs(): number {
    return this.#startedAt === undefined ? 0 : Math.max(0, this.#clock.now() - this.#startedAt);
  }

  took({ rows, bytes }: { readonly rows: number; readonly bytes: number }): void {
    this.#batches += 1;
    this.#rows.add(rows);
    this.#bytes.add(bytes);
    if (this.#tell === undefined) return;
    const now = this.#clock.now();
    if (now - this.#toldAt < this.#interval) return;
    this.#report(now, false);
  }

  /** The source has ended: told once more, whatever the interval. */
  ended(): void {
    if (this.#tell !== undefined) this.#report(this.#clock.now(), true);
  }

  #report(now: number, done: boolean): void {
    this.#toldAt = now;
    const rowsPerSecond = this.#rows.perSecond(now);
    const bytesPerSecond = this.#bytes.perSecond(now);
    const { rows, bytes } = this.#total;
    const [total, seen, rate] =
      bytes === undefined ? [rows, this.#rows.sum, rowsPerSecond] : [bytes, this.#bytes.sum, bytesPerSecond];
    const fraction = total === undefined ? undefined : done || total === 0 ? 1 : Math.min(1, seen / total);
    const left = total === undefined || done ? 0 : Math.max(0, total - seen);
    this.#tell?.({
      batches: this.#batches,
      rows: this.#rows.sum,
      bytes: this.#bytes.sum,
      elapsedMs: this.elapsedMs,
      rowsPerSecond,
      bytesPerSecond,
      fraction,
      remainingMs: total === undefined || (rate === 0 && left > 0) ? undefined : (1000 * left) / (rate || 1),
      done,
    });
  }
}

/** How much comes in a second, by an average that forgets. */
class Rate {
  sum = 0;
  #countedAt = 0;
  #counted = 0;
  #perSecond: number | undefined;

  begin(now: number): void {
    this.#countedAt = now;
  }

  add(amount: number): void {
    this.sum += amount;
  }

  perSecond(now: number): number {
    const ms = now - this.#countedAt;
    // Too short for the clock, or a clock that went back.
    if (ms <= 0) return this.#perSecond ?? 0;
    const lately = (1000 * (this.sum - this.#counted)) / ms;
    const weight = this.#perSecond === undefined ? 1 : 1 - Math.exp(-ms / WINDOW_MS);
    this.#perSecond = (this.#perSecond ?? 0) * (1 - weight) + lately * weight;
    this.#countedAt = now;
    this.#counted = this.sum;
    return this.#perSecond;
  }
}
