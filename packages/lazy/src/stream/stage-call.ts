import { freshBuffer } from '../memory/fresh.js';
import type { MemoryPool } from '../memory/memory-pool.js';
import type { PoolScope } from '../memory/pool-scope.js';
import { throwIfAborted } from '../signal.js';
import { requireBytes } from '../size.js';
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

  /**
   * What the stage makes of a parcel, which is done with as soon as all is made: before anything is handed on, unless the
   * stage keeps it, or makes its batches while they are asked for. In that case it is done with when they are, so whoever
   * asked for them must begin to take them.
   */
  async make(parcel: Parcel): Promise<readonly Parcel[] | AsyncGenerator<Parcel, void>> {
    const bond = new Bond();
    const context = this.#context(bond);
    let parcels: readonly Parcel[] = [];
    let isLater = false;
    try {
      throwIfAborted(this.signal);
      const made = await this.stage.run(parcel.batch, context);
      throwIfAborted(this.signal);
      if (isMadeLater(made)) {
        isLater = true;
        return this.#later(made, parcel, bond, context);
      }
      parcels = this.#parcels(isList(made) ? made : made === undefined ? [] : [made], parcel, bond);
      return parcels;
    } finally {
      if (!isLater) this.#done(parcel, bond, context.kept, parcels.includes(parcel));
    }
  }

  /** What the stage has held back. */
  async *rest(): AsyncGenerator<Parcel, void> {
    const bond = new Bond();
    try {
      throwIfAborted(this.signal);
      const made = await this.stage.flush?.(this.#context(bond));
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

  async *#later(
    made: AsyncIterable<unknown> | Iterable<unknown>,
    parcel: Parcel,
    bond: Bond,
    context: CallContext,
  ): AsyncGenerator<Parcel, void> {
    let passedOn = false;
    try {
      for await (const batch of made) {
        throwIfAborted(this.signal);
        passedOn ||= batch === parcel.batch;
        yield batch === parcel.batch ? parcel : this.#parcel(batch, parcel.lineage, bond);
      }
    } finally {
      this.#done(parcel, bond, context.kept, passedOn);
    }
  }

  /** A call has ended: its parcel is released, now or with what it is kept for, unless it was passed on itself. */
  #done(parcel: Parcel, bond: Bond, kept: boolean, passedOn: boolean): void {
    if (kept) {
      bond.tie(() => {
        parcel.release();
      });
    } else if (!passedOn) parcel.release();
    bond.letGo();
  }

  #context(bond: Bond): CallContext {
    return new CallContext(this.#ground, bond, (bytes) => {
      this.#hold(bytes);
    });
  }

  /** All at once, or, if one is refused, none. */
  #parcels(batches: readonly unknown[], parcel: Parcel, bond: Bond): readonly Parcel[] {
    const parcels: Parcel[] = [];
    try {
      for (const batch of batches) {
        parcels.push(batch === parcel.batch ? parcel : this.#parcel(batch, parcel.lineage, bond));
      }
      return parcels;
    } catch (error) {
      for (const each of parcels) if (each !== parcel) each.release();
      throw error;
    }
  }

  #parcel(batch: unknown, lineage: Lineage | undefined, bond: Bond): Parcel {
    const who = this.stage.name;
    checkBatch(batch, who);
    return new Parcel({ batch, lineage, budget: this.#ground.budget, bond, bytes: batch.bytes, who });
  }

  #hold(bytes: number): void {
    requireBytes(bytes, `${this.stage.name}: what it holds`);
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
    requireBytes(bytes, 'allocate: bytes');
    const { pool } = this.#ground;
    if (pool === undefined) return new Uint8Array(freshBuffer(bytes, true));
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

/** What a stage gave, one after the other. */
async function* batchesOf(made: unknown): AsyncGenerator<unknown, void> {
  if (made === undefined) return;
  if (isAsyncIterable(made) || isIterable(made)) yield* made;
  else yield made;
}

/** Whether the batches are made while they are asked for. */
function isMadeLater(made: unknown): made is AsyncIterable<unknown> | Iterable<unknown> {
  return !isList(made) && (isAsyncIterable(made) || isIterable(made));
}

function isList(made: unknown): made is readonly unknown[] {
  return Array.isArray(made);
}
