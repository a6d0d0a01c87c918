import { shown } from '@perf/internal/errors';
import { closedError, LazyError, refuseOption } from './errors.js';
import type { UnloadCause } from './events.js';
import { Flight, type Waiting } from './flight.js';
import type { Holder } from './holdings.js';
import type { Happening, Keeper } from './keeper.js';
import type { Made, MakeColumn, Recipe, Work } from './recipe.js';
import { throwIfAborted } from './signal.js';
import { measureRows } from './size.js';
import type { LazyConversionState, LazyStatus } from './state.js';
import type { Batch } from './stream/batch.js';
import type { SourceControl } from './stream/source.js';
import type { StreamRun } from './stream/stream-run.js';

/**
 * The life of one lazy value: at most one flight for the whole and one for each column at any time, what they brought,
 * and the record of it. It holds the states together; who may see what is the face's business (`LazyConverter`).
 */
export class Conversion<T> implements Holder {
  readonly id: string;
  readonly #keeper: Keeper;
  readonly #createdAt: number;
  readonly #columns = new Map<string, Made<unknown>>();
  readonly #columnFlights = new Map<string, Flight<Made<unknown>>>();
  readonly #columnAccesses = new Map<string, number>();
  readonly #runs = new Set<StreamRun>();
  // Gone once closed, so that the source it was made from can be collected.
  #recipe: Recipe<T> | undefined;
  #whole: Made<T> | undefined;
  #flight: Flight<Made<T>> | undefined;
  #status: LazyStatus = 'idle';
  // Everybody who waits for a value or uses it; a flight always has at least one.
  #readers = 0;
  #heldSince = 0;
  #loadedAt: number | undefined;
  #lastAccessAt: number | undefined;
  #lastUseAt: number;
  #accesses = 0;
  #attempts = 0;
  #durationMs: number | undefined;
  #error: unknown;

  constructor(id: string, recipe: Recipe<T>, keeper: Keeper) {
    this.id = id;
    this.#recipe = recipe;
    this.#keeper = keeper;
    this.#createdAt = keeper.now();
    this.#lastUseAt = this.#createdAt;
  }

  get closed(): boolean {
    return this.#status === 'closed' || this.#keeper.closed;
  }

  get state(): LazyConversionState {
    return Object.freeze({
      status: this.closed ? 'closed' : this.#status,
      createdAt: this.#createdAt,
      loadedAt: this.#loadedAt,
      lastAccessAt: this.#lastAccessAt,
      accesses: this.#accesses,
      columnAccesses: Object.freeze(Object.fromEntries(this.#columnAccesses)),
      bytes: this.bytes,
      durationMs: this.#durationMs,
      error: this.#error,
      attempts: this.#attempts,
    });
  }

  get bytes(): number {
    let bytes = this.#whole?.bytes ?? 0;
    for (const column of this.#columns.values()) bytes += column.bytes;
    return bytes;
  }

  get redoMs(): number {
    let ms = this.#whole?.durationMs ?? 0;
    for (const column of this.#columns.values()) ms += column.durationMs;
    return ms;
  }

  get lastUseAt(): number {
    return this.#lastUseAt;
  }

  get inUse(): boolean {
    return this.#readers > 0;
  }

  /** The value if it is held: wrapped, because it may itself be `undefined`. */
  get held(): { readonly value: T } | undefined {
    return this.closed ? undefined : this.#whole;
  }

  /** Notes that the value or a column was handed out. */
  touch(): void {
    this.#accesses += 1;
    this.#lastAccessAt = this.#keeper.now();
    this.#lastUseAt = this.#lastAccessAt;
  }

  async load(waiting: Waiting): Promise<T> {
    const recipe = this.#open(waiting);
    if (this.#whole !== undefined) return this.#whole.value;
    return await this.#reading(async () => {
      this.#flight ??= this.#startWhole(recipe);
      return (await this.#flight.join(waiting)).value;
    });
  }

  /** Loads, and holds on to the value until `use` has settled. */
  async read<R>(use: (value: T) => R | Promise<R>, waiting: Waiting): Promise<R> {
    return await this.#reading(async () => {
      const value = await this.load(waiting);
      this.touch();
      return await use(value);
    });
  }

  async column(name: string, waiting: Waiting): Promise<unknown> {
    if (typeof name !== 'string') throw refuseOption(`name must be a string; given ${shown(name)}`);
    const recipe = this.#open(waiting);
    // What is held, or on its way, is not converted a second time.
    const wholeComes = this.#whole !== undefined || this.#flight !== undefined;
    if (wholeComes && recipe.pick !== undefined) return recipe.pick(await this.load(waiting), name);
    if (recipe.makeColumn !== undefined) {
      return await this.#loadColumn(recipe, recipe.makeColumn, name, waiting);
    }
    if (recipe.pick !== undefined) return recipe.pick(await this.load(waiting), name);
    throw new LazyError(
      'ERR_PERF_LAZY_NO_COLUMN',
      `column ${shown(name)} cannot be had alone: the adapter has no column() and no pick was given`,
    );
  }

  /** Notes that a column was handed out. */
  touchColumn(name: string): void {
    this.#columnAccesses.set(name, (this.#columnAccesses.get(name) ?? 0) + 1);
    this.touch();
  }

  /** The value batch by batch: as the recipe streams it, or of the whole, which is held on to until the last. */
  batches({ signal, priority }: Waiting): StreamRun {
    this.#open({ signal: undefined, priority });
    const run: StreamRun = this.#keeper.stream((control) => this.#pieces(run, control, priority), signal);
    return run;
  }

  /** Gives up whatever is waiting, running or streaming. Whether there was anything. */
  cancel(reason: Error): boolean {
    const underWay: { cancel(reason: Error): void }[] = [...this.#columnFlights.values()];
    if (this.#flight !== undefined) underWay.push(this.#flight);
    for (const run of this.#runs)
      underWay.push({
        cancel: (why) => {
          run.abort(why);
        },
      });
    for (const each of underWay) each.cancel(reason);
    return underWay.length > 0;
  }

  /** Lets go of what is held. A load under way goes on. */
  unload(cause: UnloadCause): void {
    if (this.#whole === undefined && this.#columns.size === 0) return;
    const { bytes } = this;
    this.#whole = undefined;
    this.#columns.clear();
    if (this.#status === 'loaded' || this.#status === 'idle') this.#status = 'unloaded';
    this.#happened({ type: 'unloaded', bytes, durationMs: this.#since(this.#heldSince), cause });
  }

  close(): void {
    if (this.#status === 'closed') return;
    this.#status = 'closed';
    this.#recipe = undefined;
    this.cancel(closedError('lazy converter'));
    this.unload('closed');
  }

  #open({ signal }: Waiting): Recipe<T> {
    if (this.closed || this.#recipe === undefined) throw closedError('lazy converter');
    throwIfAborted(signal);
    return this.#recipe;
  }

  async *#pieces(
    run: StreamRun,
    control: SourceControl,
    priority: () => number,
  ): AsyncGenerator<Batch, void> {
    const { signal } = control;
    const recipe = this.#open({ signal, priority });
    this.#runs.add(run);
    this.#readers += 1;
    try {
      if (this.#whole === undefined && recipe.stream !== undefined) {
        this.touch();
        yield* recipe.stream(control);
        return;
      }
      const value = await this.load({ signal, priority });
      this.touch();
      if (recipe.cut !== undefined) yield* recipe.cut(value, control.batchBytes);
      else yield { data: value, rows: measureRows(value), bytes: this.#whole?.bytes ?? 0 };
    } finally {
      this.#readers -= 1;
      this.#runs.delete(run);
    }
  }

  async #reading<R>(use: () => Promise<R>): Promise<R> {
    this.#readers += 1;
    try {
      return await use();
    } finally {
      this.#readers -= 1;
    }
  }

  async #loadColumn(recipe: Recipe<T>, make: MakeColumn, name: string, waiting: Waiting): Promise<unknown> {
    const kept = this.#columns.get(name);
    if (kept !== undefined) return kept.value;
    return await this.#reading(async () => {
      const flight = this.#columnFlights.get(name) ?? this.#startColumn(recipe, make, name);
      return (await flight.join(waiting)).value;
    });
  }

  #startWhole(recipe: Recipe<T>): Flight<Made<T>> {
    const resting = this.#status;
    this.#status = 'queued';
    return this.#start((work) => recipe.make(work), {
      expected: recipe.expectedBytes(),
      begun: () => {
        this.#status = 'loading';
        this.#attempts += 1;
      },
      over: (status) => {
        this.#flight = undefined;
        if (this.#status !== 'closed') this.#status = status ?? resting;
      },
      landed: (made) => {
        this.#whole = made;
        this.#loadedAt = this.#keeper.now();
        this.#durationMs = made.durationMs;
        this.#error = undefined;
        // Every column can now be had from the whole.
        if (recipe.pick !== undefined) this.#columns.clear();
      },
      retrying: () => {
        this.#status = 'queued';
      },
      failed: (error) => {
        this.#error = error;
      },
    });
  }

  #startColumn(recipe: Recipe<T>, make: MakeColumn, name: string): Flight<Made<unknown>> {
    const flight = this.#start((work) => make(name, work), {
      column: name,
      expected: 0,
      over: () => {
        this.#columnFlights.delete(name);
      },
      landed: (made) => {
        // The whole may have come first, and serve every column.
        if (this.#whole === undefined || recipe.pick === undefined) this.#columns.set(name, made);
      },
    });
    this.#columnFlights.set(name, flight);
    return flight;
  }

  #start<R>(make: (work: Work) => Promise<Made<R>>, on: Course<R>): Flight<Made<R>> {
    const column = on.column === undefined ? {} : { column: on.column };
    let begunAt: number | undefined;
    const ran = (): number => (begunAt === undefined ? 0 : this.#since(begunAt));
    this.#happened({ type: 'queued', bytes: on.expected, durationMs: 0, ...column });
    const flight: Flight<Made<R>> = new Flight(
      (signal) =>
        make({
          signal,
          priority: () => flight.priority(),
          begun: () => {
            begunAt = this.#keeper.now();
            on.begun?.();
          },
          retrying: (error, inMs) => {
            on.retrying?.();
            on.failed?.(error);
            this.#happened({ type: 'retrying', bytes: 0, durationMs: inMs, ...column, error });
            begunAt = undefined;
          },
        }),
      {
        landed: (made) => {
          if (!this.#holding) this.#heldSince = this.#keeper.now();
          on.over('loaded');
          on.landed(made);
          this.#lastUseAt = this.#keeper.now();
          this.#happened({ type: 'loaded', bytes: made.bytes, durationMs: made.durationMs, ...column });
        },
        failed: (error) => {
          on.over('failed');
          on.failed?.(error);
          this.#happened({ type: 'failed', bytes: 0, durationMs: ran(), ...column, error });
        },
        cancelled: () => {
          on.over(undefined);
          this.#happened({ type: 'cancelled', bytes: 0, durationMs: ran(), ...column });
        },
      },
    );
    return flight;
  }

  get #holding(): boolean {
    return this.#whole !== undefined || this.#columns.size > 0;
  }

  #since(then: number): number {
    return Math.max(0, this.#keeper.now() - then);
  }

  #happened(what: Happening): void {
    this.#keeper.happened(this, what);
  }
}

/** What one flight does to the conversion on its way. */
interface Course<R> {
  readonly column?: string;
  readonly expected: number;
  begun?(): void;
  /** An attempt has failed, and there will be another. */
  retrying?(): void;
  /** It is over: with this status, or back to where it was before. */
  over(status: 'loaded' | 'failed' | undefined): void;
  landed(made: Made<R>): void;
  failed?(error: unknown): void;
}
