import { shown } from '@perf/internal/errors';
import { refuseOption } from '../errors.js';
import type { MemoryPool } from '../memory/memory-pool.js';
import type { PoolScope } from '../memory/pool-scope.js';
import { throwIfAborted } from '../signal.js';
import { checkBatch } from './batch.js';
import type { Budget, Lineage } from './budget.js';
import { Bond, Parcel } from './parcel.js';
import { isAsyncIterable, isIterable } from './source.js';
import type { OpenStage, StageContext } from './stage.js';

/** What all stages of one run share. */
export interface Ground {
  readonly budget: Budget;
  readonly pool: MemoryPool | undefined;
  /** Fires when the run is given up. */
  readonly signal: AbortSignal;
}

/** A stage in a run: it calls the user's function and keeps the books of what that takes and gives. */
export class StageCall {
  readonly stage: OpenStage;
  readonly #ground: Ground;
  #heldBytes = 0;

  constructor(stage: OpenStage, ground: Ground) {
    this.stage = stage;
    this.#ground = ground;
  }

  get signal(): AbortSignal {
    return this.#ground.signal;
  }

  /** What the stage makes of a parcel, which ends when the last of it has been made and, if it was kept, is done with. */
  async *of(parcel: Parcel): AsyncGenerator<Parcel, void> {
    const bond = new Bond();
    const context = new CallContext(this.#ground, bond, (bytes) => {
      this.#hold(bytes);
    });
    let passedOn = false;
    try {
      throwIfAborted(this.signal);
      const made = await this.stage.run(parcel.batch, context);
      for await (const batch of batchesOf(made)) {
        throwIfAborted(this.signal);
        if (batch === parcel.batch) {
          passedOn = true;
          yield parcel;
        } else yield this.#parcel(batch, parcel.lineage, bond);
      }
    } finally {
      if (context.kept) {
        bond.tie(() => {
          parcel.release();
        });
      } else if (!passedOn) parcel.release();
      bond.letGo();
    }
  }

  /** What the stage has held back. */
  async *rest(): AsyncGenerator<Parcel, void> {
    const bond = new Bond();
    try {
      throwIfAborted(this.signal);
      const context = new CallContext(this.#ground, bond, (bytes) => {
        this.#hold(bytes);
      });
      const made = await this.stage.flush?.(context);
      for await (const batch of batchesOf(made)) {
        throwIfAborted(this.signal);
        yield this.#parcel(batch, undefined, bond);
      }
    } finally {
      bond.letGo();
    }
  }

  /** The stage holds nothing any more. */
  close(): void {
    this.#hold(0);
  }

  #parcel(batch: unknown, lineage: Lineage | undefined, bond: Bond): Parcel {
    const who = this.stage.name;
    checkBatch(batch, who);
    return new Parcel({ batch, lineage, budget: this.#ground.budget, bond, bytes: batch.bytes, who });
  }

  #hold(bytes: number): void {
    requireSize(bytes, `${this.stage.name}: what it holds`);
    this.#ground.budget.hold(bytes - this.#heldBytes, this.stage.name);
    this.#heldBytes = bytes;
  }
}

class CallContext implements StageContext {
  readonly #ground: Ground;
  readonly #bond: Bond;
  readonly hold: (bytes: number) => void;
  #scope: PoolScope | undefined;
  kept = false;

  constructor(ground: Ground, bond: Bond, hold: (bytes: number) => void) {
    this.#ground = ground;
    this.#bond = bond;
    this.hold = hold;
  }

  get signal(): AbortSignal {
    return this.#ground.signal;
  }

  readonly allocate = (bytes: number): Uint8Array<ArrayBuffer> => {
    requireSize(bytes, 'allocate: bytes');
    const { pool } = this.#ground;
    if (pool === undefined) return new Uint8Array(bytes);
    if (this.#scope === undefined) {
      const scope = pool.scope();
      this.#scope = scope;
      this.#bond.tie(() => {
        scope[Symbol.dispose]();
      });
    }
    return this.#scope.allocate(bytes);
  };

  readonly keep = (): void => {
    this.kept = true;
  };
}

function requireSize(bytes: unknown, what: string): void {
  if (Number.isSafeInteger(bytes) && Number(bytes) >= 0) return;
  throw refuseOption(`${what} must be a whole number of at least 0; given ${shown(bytes)}`);
}

/** What a stage gave, one after the other. */
async function* batchesOf(made: unknown): AsyncGenerator<unknown, void> {
  if (made === undefined) return;
  if (isAsyncIterable(made) || isIterable(made)) yield* made;
  else yield made;
}
