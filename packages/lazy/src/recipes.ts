import type { Clock } from '@perf/internal/clock';
import type { Conversion, Made, Recipe, Work } from './conversion.js';
import { Estimator } from './estimator.js';
import type { Executor } from './executor/executor.js';
import { requireMethod } from './options.js';
import type { Convertible } from './ports.js';
import { isSize, measure } from './size.js';
import { TaskQueue } from './task-queue.js';

/** An adapter, what it is asked for, and what that is expected to weigh. */
export interface Source<T, Q> {
  readonly adapter: Convertible<T, Q>;
  readonly request: Q;
  /** The adapter's own estimate, asked at most once. */
  readonly estimate: () => number | undefined;
  /** The same, corrected by what this adapter's earlier conversions really weighed. */
  readonly expectedBytes: () => number | undefined;
}

/** What recipes are made with. */
export interface Means {
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly executor: Executor | undefined;
  readonly sizeOf: ((value: unknown) => number) | undefined;
  /** Told of each conversion that goes to the executor. */
  readonly executed: () => void;
}

/** Turns adapters and functions into recipes: where the work runs, how it is timed, what its result weighs. */
export class Recipes {
  readonly #means: Means;
  readonly #estimator = new Estimator();
  // Derived values wait for their parents, so they must not take the places that the parents need.
  readonly #derived = new TaskQueue({
    what: 'lazy loading manager',
    concurrency: Infinity,
    maxQueue: Infinity,
  });

  constructor(means: Means) {
    this.#means = means;
  }

  /** Refuses and waits as `TaskQueue.close` does, for the derived values. */
  close(): Promise<void> {
    return this.#derived.close();
  }

  source<T, Q>(adapter: Convertible<T, Q>, request: Q): Source<T, Q> {
    requireMethod(adapter, 'convert', 'adapter');
    let asked: { readonly bytes: number | undefined } | undefined;
    const estimate = (): number | undefined => {
      asked ??= { bytes: this.#estimator.raw(adapter, request) };
      return asked.bytes;
    };
    const expectedBytes = (): number | undefined => this.#estimator.corrected(adapter, estimate());
    return { adapter, request, estimate, expectedBytes };
  }

  /** How an adapter makes a value, and its columns where it can. */
  whole<T, Q>(source: Source<T, Q>, pick?: (value: T, name: string) => unknown): Recipe<T> {
    const { adapter, request, estimate, expectedBytes } = source;
    const { queue } = this.#means;
    const canDoColumns = typeof adapter.column === 'function';
    const recipe: Recipe<T> = {
      expectedBytes: () => expectedBytes() ?? 0,
      make: (work) =>
        queue.run(async () => {
          const { value, durationMs } = await this.#timed(work, () => this.#convert(source, work));
          const seen = this.#weigh(value);
          if (seen !== undefined) this.#estimator.learn(adapter, estimate(), seen);
          return { value, durationMs, bytes: seen ?? expectedBytes() ?? 0 };
        }, work),
      makeColumn: canDoColumns
        ? (name, work) =>
            queue.run(
              () => this.#made(work, () => adapter.column?.(request, name, { signal: work.signal })),
              work,
            )
        : undefined,
    };
    return pick === undefined ? recipe : { ...recipe, pick };
  }

  /** How a function makes a value out of another one, which is loaded first. */
  derived<T, U>(parent: Conversion<T>, fn: (value: T) => U | Promise<U>): Recipe<U> {
    return {
      expectedBytes: () => 0,
      make: (work) =>
        parent.read((value) => this.#derived.run(() => this.#made(work, () => fn(value)), work), work),
    };
  }

  async #convert<T, Q>({ adapter, request }: Source<T, Q>, { signal, priority }: Work): Promise<T> {
    const { executor, executed } = this.#means;
    const task = executor === undefined ? undefined : adapter.task?.(request);
    if (executor === undefined || task === undefined) return await adapter.convert(request, { signal });
    executed();
    const o = { signal, priority: priority() };
    if (adapter.restore === undefined) return await executor.run<T>(task, o);
    return adapter.restore(await executor.run<unknown>(task, o));
  }

  async #made<T>(work: Work, make: () => T | Promise<T>): Promise<Made<T>> {
    const { value, durationMs } = await this.#timed(work, make);
    return { value, durationMs, bytes: this.#weigh(value) ?? 0 };
  }

  async #timed<T>(work: Work, make: () => T | Promise<T>): Promise<{ value: T; durationMs: number }> {
    const { clock } = this.#means;
    work.begun();
    const startedAt = clock.now();
    const value = await make();
    return { value, durationMs: Math.max(0, clock.now() - startedAt) };
  }

  #weigh(value: unknown): number | undefined {
    const given = this.#means.sizeOf?.(value);
    return isSize(given) ? given : measure(value);
  }
}
