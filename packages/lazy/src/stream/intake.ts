import { throwIfAborted } from '../signal.js';
import { checkBatch, type Batch } from './batch.js';
import { Bond, Parcel } from './parcel.js';
import { checkSource, openSource, type Pulled, type SourceControl } from './source.js';
import type { Ground } from './stage-call.js';

/** Cuts a batch into at most so many that together are the same. They share its memory. */
export type Split = (batch: Batch, parts: number) => readonly Batch[];

/** A batch is cut only when it is larger than was asked for by more than this. */
const TOLERANCE = 1.5;

/** Where the source enters the pipeline: one batch at a time, when there is room for it. */
export class Intake {
  readonly #source: unknown;
  readonly #ground: Ground;
  readonly #split: Split | undefined;
  readonly #took: (batch: Batch) => void;
  #opened: Pulled | undefined;
  #pulling = false;
  #open = true;
  #splits = 0;

  constructor(
    source: unknown,
    ground: Ground,
    o: { readonly split: Split | undefined; readonly took: (batch: Batch) => void },
  ) {
    checkSource(source);
    this.#source = source;
    this.#ground = ground;
    this.#split = o.split;
    this.#took = o.took;
  }

  /** Batches that were cut. */
  get splits(): number {
    return this.#splits;
  }

  async *parcels(): AsyncGenerator<Parcel, void> {
    const { budget, signal } = this.#ground;
    try {
      for (;;) {
        await budget.room();
        throwIfAborted(signal);
        const batch = await this.#pull();
        if (batch === undefined) return;
        for (const parcel of this.#admitted(batch)) yield parcel;
      }
    } finally {
      await this.#leave();
    }
  }

  /** Tells the source that nobody will come back, also while it owes an answer. */
  cancel(): void {
    if (this.#pulling) this.#leave().catch(ignore);
  }

  #control(): SourceControl {
    const { budget, signal } = this.#ground;
    return {
      get batchBytes() {
        return budget.batchBytes;
      },
      signal,
    };
  }

  async #pull(): Promise<Batch | undefined> {
    this.#pulling = true;
    try {
      this.#opened ??= openSource(this.#source, this.#control());
      const next: unknown = await this.#opened.next();
      if (isDone(next)) {
        this.#open = false;
        return undefined;
      }
      const value: unknown = Reflect.get(Object(next), 'value');
      checkBatch(value, 'the source');
      return value;
    } catch (error) {
      this.#open = false;
      throw error;
    } finally {
      this.#pulling = false;
    }
  }

  async #leave(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#opened?.return?.();
  }

  /** The batch in one parcel, or in several that share its memory; those that nobody came for are released. */
  *#admitted(batch: Batch): Generator<Parcel, void> {
    const { budget } = this.#ground;
    this.#took(batch);
    const lineage = budget.admit(batch.bytes);
    const who = 'the source';
    const whole = new Parcel({ batch, lineage, budget, bytes: batch.bytes, who });
    const pieces = this.#pieces(batch);
    if (pieces === undefined) {
      yield whole;
      return;
    }
    this.#splits += 1;
    const bond = new Bond();
    bond.tie(() => {
      whole.release();
    });
    try {
      for (const piece of pieces) {
        checkBatch(piece, 'split');
        yield new Parcel({ batch: piece, lineage, budget, bond, bytes: 0, who });
      }
    } finally {
      bond.letGo();
    }
  }

  #pieces(batch: Batch): readonly Batch[] | undefined {
    const wanted = Math.max(1, this.#ground.budget.batchBytes);
    if (this.#split === undefined || batch.bytes <= TOLERANCE * wanted || batch.rows < 2) return undefined;
    const parts = Math.min(batch.rows, Math.ceil(batch.bytes / wanted));
    const pieces = this.#split(batch, parts);
    return pieces.length > 1 ? pieces : undefined;
  }
}

function isDone(next: unknown): boolean {
  return typeof next === 'object' && next !== null && 'done' in next && next.done === true;
}

function ignore(): void {
  // The run is over; what its source says to that changes nothing.
}
