import type { Batch } from './batch.js';
import type { Budget, Lineage } from './budget.js';

/** What ends when the last of several holders has let go. */
export class Bond {
  #holders = 1;
  readonly #ends: (() => void)[] = [];

  /** One holder more. */
  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** Something more that ends with it. */
  tie(end: () => void): void {
    this.#ends.push(end);
  }

  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) for (const end of this.#ends.splice(0)) end();
  }
}

/** A batch on its way, on the books of the budget from the moment it is made until it is released. */
export class Parcel {
  readonly batch: Batch;
  readonly lineage: Lineage | undefined;
  readonly #budget: Budget;
  readonly #bytes: number;
  readonly #bond: Bond | undefined;
  #released = false;

  /**
   * @param bond ends after this parcel and those that share it
   * @param bytes what is charged for it; less than the batch weighs when it shares memory that is charged already
   */
  constructor(o: {
    batch: Batch;
    lineage: Lineage | undefined;
    budget: Budget;
    bond?: Bond | undefined;
    bytes: number;
    who: string;
  }) {
    this.batch = o.batch;
    this.lineage = o.lineage;
    this.#budget = o.budget;
    // Whole bytes add up and come off again exactly.
    this.#bytes = Math.ceil(o.bytes);
    this.#bond = o.bond;
    try {
      o.budget.charge(this.#bytes, o.lineage, o.who);
    } catch (error) {
      o.batch[Symbol.dispose]?.();
      throw error;
    }
    o.bond?.hold();
  }

  /** Takes it off the books and disposes of the batch. Again: does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.batch[Symbol.dispose]?.();
    this.#budget.release(this.#bytes, this.lineage);
    this.#bond?.letGo();
  }
}

/** Parcels one by one; those that nobody came for are released. */
export function* handedOver(parcels: readonly Parcel[]): Generator<Parcel, void> {
  let taken = 0;
  try {
    for (const parcel of parcels) {
      taken += 1;
      yield parcel;
    }
  } finally {
    for (const parcel of parcels.slice(taken)) parcel.release();
  }
}
