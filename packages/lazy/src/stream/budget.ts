import { formatBytes } from '@perf/internal/bytes';
import type { MemoryReader } from '@perf/internal/memory/reading';
import { LazyError } from '../errors.js';
import type { Ledger, LedgerAccount } from '../memory/ledger.js';
import { pressureOf } from '../memory/scarcity.js';

/** What one batch of the source has become so far: everything under way that was made of it. */
export class Lineage {
  readonly sourceBytes: number;
  /** What it is expected to need at its peak. */
  readonly reserved: number;
  bytes = 0;
  peak = 0;
  /** Parcels of it. */
  holders = 0;

  constructor(sourceBytes: number, growth: number) {
    this.sourceBytes = sourceBytes;
    this.reserved = sourceBytes * growth;
  }
}

export interface BudgetOptions {
  readonly maxBytes: number;
  /** The largest batch that the source is asked for. */
  readonly batchBytes: number;
  /** Batches of the source that can be under way at the same time. */
  readonly lanes: number;
  readonly ledger: Ledger;
  readonly memory: MemoryReader | undefined;
}

// Enough that what an iteration costs is nothing beside the work on it.
const LEAST_BATCH = 16 * 2 ** 10;
/** What a batch is thought to need at first: itself, and what is made of it. */
const FIRST_GROWTH = 2;
/** The first batch may be so much less than the budget: what becomes of it is not known yet. */
const FIRST_SHARE = 64;
/** Batches are planned at a half of what would fit: more may be made of the next one than of any before. */
const HEADROOM = 2;
const FORGETTING = 0.1;
const SCARCE = { none: 1, moderate: 1 / 2, critical: 1 / 4 } as const;

/**
 * The bytes of one run, over all its stages. It decides when the source may be asked for the next batch, and how large
 * that should be: so that the batches under way, at the growth that earlier ones have shown, fit into the budget.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #lineages = new Set<Lineage>();
  // Opened with the first entry, so that a run that is never read leaves no trace.
  #account: LedgerAccount | undefined;
  #held = 0;
  #growth = FIRST_GROWTH;
  #batchBytes: number;
  #overruns = 0;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(o: BudgetOptions) {
    this.#options = o;
    this.#batchBytes = Math.max(
      Math.min(LEAST_BATCH, o.batchBytes),
      Math.min(o.batchBytes, Math.floor(o.maxBytes / FIRST_SHARE)),
    );
  }

  get bytes(): number {
    return this.#account?.bytes ?? 0;
  }

  get peakBytes(): number {
    return this.#account?.peakBytes ?? 0;
  }

  /** What the next batch should weigh. */
  get batchBytes(): number {
    return this.#batchBytes;
  }

  /** The most memory that a byte of the source came to need lately. */
  get growth(): number {
    return this.#growth;
  }

  /** How often more than `maxBytes` were held, by several batches that all turned out larger than expected. */
  get overruns(): number {
    return this.#overruns;
  }

  /** Resolves when the next batch of the source has room. At once when nothing is under way: waiting would not help. */
  async room(): Promise<void> {
    while (!this.#closed && !this.#hasRoom()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The run is over: lets go of whoever waits for room, and leaves the ledger when the last parcel has. */
  close(): void {
    this.#closed = true;
    this.#changed();
  }

  /** Takes in a batch of the source. */
  admit(bytes: number): Lineage {
    const lineage = new Lineage(bytes, this.#growth);
    this.#lineages.add(lineage);
    return lineage;
  }

  /**
   * Puts a parcel on the books; `undefined` is the lineage of what a stage has held back.
   * @throws `LazyError` `ERR_PERF_LAZY_BUDGET` when it and what it was made of do not fit on their own
   */
  charge(bytes: number, lineage: Lineage | undefined, who: string): void {
    const { maxBytes } = this.#options;
    const together = (lineage?.bytes ?? 0) + bytes + this.#held;
    if (together > maxBytes) throw this.#exceeded(together, bytes, who);
    this.#account ??= this.#options.ledger.open('stream');
    this.#account.take(bytes);
    if (this.#account.bytes > maxBytes) this.#overruns += 1;
    if (lineage === undefined) return;
    lineage.holders += 1;
    lineage.bytes += bytes;
    lineage.peak = Math.max(lineage.peak, lineage.bytes);
  }

  release(bytes: number, lineage: Lineage | undefined): void {
    this.#account?.give(bytes);
    if (lineage !== undefined) {
      lineage.bytes -= bytes;
      lineage.holders -= 1;
      if (lineage.holders === 0) this.#ended(lineage);
    }
    this.#changed();
  }

  /**
   * A stage holds so many bytes more than before, or less.
   * @throws `LazyError` `ERR_PERF_LAZY_BUDGET` when all stages together hold more than the budget
   */
  hold(by: number, who: string): void {
    const { maxBytes, ledger } = this.#options;
    if (this.#held + by > maxBytes) throw this.#exceeded(this.#held + by, by, who);
    this.#held += by;
    if (by > 0) (this.#account ??= ledger.open('stream')).take(by);
    else this.#account?.give(-by);
    this.#changed();
  }

  #changed(): void {
    this.#wake?.();
    if (this.#closed && this.bytes === 0) this.#account?.close();
  }

  #hasRoom(): boolean {
    if (this.#lineages.size === 0) return true;
    const { maxBytes, lanes } = this.#options;
    const most = this.#scarcity() === 'critical' ? 1 : lanes;
    if (this.#lineages.size >= most) return false;
    let committed = this.#held;
    for (const { bytes, reserved } of this.#lineages) committed += Math.max(bytes, reserved);
    return committed + this.#batchBytes * this.#growth <= maxBytes;
  }

  #ended(lineage: Lineage): void {
    this.#lineages.delete(lineage);
    if (lineage.sourceBytes === 0) return;
    const seen = lineage.peak / lineage.sourceBytes;
    this.#growth = seen >= this.#growth ? seen : this.#growth + FORGETTING * (seen - this.#growth);
    const { maxBytes, batchBytes, lanes } = this.#options;
    const room = Math.max(0, maxBytes - this.#held) * SCARCE[this.#scarcity()];
    const fitting = Math.min(batchBytes, Math.floor(room / (HEADROOM * this.#growth * lanes)));
    const least = Math.min(LEAST_BATCH, batchBytes);
    this.#batchBytes = Math.max(least, Math.min(fitting, 2 * this.#batchBytes));
  }

  #scarcity(): keyof typeof SCARCE {
    return pressureOf(this.#options.memory);
  }

  #exceeded(together: number, bytes: number, who: string): LazyError {
    return new LazyError(
      'ERR_PERF_LAZY_BUDGET',
      `${who} came to ${formatBytes(bytes)}, ${formatBytes(together)} with what it was made of and is held beside: ` +
        `maxBytes is ${formatBytes(this.#options.maxBytes)}; make the source's batches smaller ` +
        '(it is told batchBytes), give split, or raise maxBytes',
    );
  }
}
