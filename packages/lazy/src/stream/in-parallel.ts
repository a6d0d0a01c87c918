import { handedOver, type Parcel } from './parcel.js';
import type { StageCall } from './stage-call.js';

/** One batch in work, or done and not yet taken. */
interface Lane {
  done?: { readonly parcels: readonly Parcel[] } | { readonly error: unknown };
}

/**
 * A stage with several batches in work at once. It takes batches while it has lanes free, begins when it is first asked
 * for one, and a lane is free again only when its results were taken, so that results never pile up.
 */
export async function* inParallel(
  call: StageCall,
  upstream: AsyncGenerator<Parcel, void>,
): AsyncGenerator<Parcel, void> {
  const lanes = new Lanes(call, upstream);
  try {
    for (;;) {
      const parcels = await lanes.next();
      if (parcels === undefined) break;
      yield* handedOver(parcels);
    }
    yield* call.rest();
  } finally {
    await lanes.close();
    call.close();
  }
}

class Lanes {
  readonly #call: StageCall;
  readonly #upstream: AsyncGenerator<Parcel, void>;
  readonly #lanes: Lane[] = [];
  #pulling = false;
  #ended = false;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(call: StageCall, upstream: AsyncGenerator<Parcel, void>) {
    this.#call = call;
    this.#upstream = upstream;
  }

  /** What the next batch has become; `undefined` after the last. */
  async next(): Promise<readonly Parcel[] | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#pull();
      const ready = this.#take();
      if (ready !== undefined) return ready;
      if (this.#ended && this.#lanes.length === 0) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Releases what is done, and what comes later when it does. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const lane of this.#lanes) {
      if (lane.done !== undefined && 'parcels' in lane.done) release(lane.done.parcels);
    }
    const returned = this.#upstream.return();
    // A pull that is under way would have to end first, which it may never do.
    if (!this.#pulling) await returned;
    else returned.catch(ignore);
  }

  #take(): readonly Parcel[] | undefined {
    const index = this.#call.stage.ordered ? 0 : this.#lanes.findIndex(({ done }) => done !== undefined);
    const done = this.#lanes[index]?.done;
    if (done === undefined) return undefined;
    this.#lanes.splice(index, 1);
    if ('error' in done) throw done.error;
    return done.parcels;
  }

  #pull(): void {
    if (this.#pulling || this.#ended || this.#lanes.length >= this.#call.stage.concurrency) return;
    this.#pulling = true;
    this.#upstream.next().then(
      (next) => {
        this.#pulling = false;
        if (next.done === true) this.#ended = true;
        else if (this.#closed) next.value.release();
        else {
          this.#begin(next.value);
          this.#pull();
        }
        this.#wake?.();
      },
      (error: unknown) => {
        this.#pulling = false;
        this.#ended = true;
        this.#failure = { error };
        this.#wake?.();
      },
    );
  }

  #begin(parcel: Parcel): void {
    const lane: Lane = {};
    this.#lanes.push(lane);
    this.#work(parcel).then(
      (parcels) => {
        if (this.#closed) release(parcels);
        lane.done = { parcels };
        this.#wake?.();
      },
      (error: unknown) => {
        lane.done = { error };
        this.#wake?.();
      },
    );
  }

  async #work(parcel: Parcel): Promise<readonly Parcel[]> {
    const made: Parcel[] = [];
    try {
      const found = await this.#call.make(parcel);
      if (!(Symbol.asyncIterator in found)) return found;
      for await (const each of found) made.push(each);
      return made;
    } catch (error) {
      release(made);
      throw error;
    }
  }
}

function release(parcels: readonly Parcel[]): void {
  for (const parcel of parcels) parcel.release();
}

function ignore(): void {
  // The run is over; what its source says to that changes nothing.
}
