import type { Clock } from '@perf/internal/clock';
import type { Conversion } from './conversion.js';
import type { Made, Recipe, Work } from './recipe.js';
import { Estimator } from './estimator.js';
import type { Executor } from './executor/executor.js';
import { requireMethod } from './options.js';
import { closedError } from './errors.js';
import type { Convertible } from './ports.js';
import type { RetryPolicy } from './retry.js';
import { abortReason } from './signal.js';
import { isSize, measure } from './size.js';
import type { Batch } from './stream/batch.js';
import { TaskQueue } from './task-queue.js';
import type { Timers } from './timers.js';

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
  readonly timers: Timers;
  readonly random: () => number;
  readonly executor: Executor | undefined;
  readonly sizeOf: ((value: unknown) => number) | undefined;
  /** Told of each conversion that goes to the executor. */
  readonly executed: () => void;
}

/** What a converter was told about its values. */
export interface Handling<T> {
  readonly pick?: ((value: T, name: string) => unknown) | undefined;
  readonly cut?: ((value: T, batchBytes: number) => Iterable<Batch>) | undefined;
  readonly retry: RetryPolicy;
}

/** Turns adapters and functions into recipes: where the work runs, how it is timed, what its result weighs. */
export class Recipes {
  readonly #means: Means;
  readonly #estimator = new Estimator();
  readonly #pauses = new Set<(reason: Error) => void>();
  // Derived values wait for their parents, so they must not take the places that the parents need.
  readonly #derived = new TaskQueue({
    what: 'lazy loading manager',
    concurrency: Infinity,
    maxQueue: Infinity,
  });

  constructor(means: Means) {
    this.#means = means;
  }

  /** Refuses and waits as `TaskQueue.close` does, for the derived values and those that wait to try again. */
  close(): Promise<void> {
    for (const end of [...this.#pauses]) end(closedError('lazy loading manager'));
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
  whole<T, Q>(source: Source<T, Q>, { pick, cut, retry }: Handling<T>): Recipe<T> {
    const { adapter, request, estimate, expectedBytes } = source;
    const canDoColumns = typeof adapter.column === 'function';
    const recipe: Recipe<T> = {
      expectedBytes: () => expectedBytes() ?? 0,
      make: (work) =>
        this.#persistently(retry, work, async () => {
          const { value, durationMs } = await this.#timed(work, () => this.#convert(source, work));
          const seen = this.#weigh(value);
          if (seen !== undefined) this.#estimator.learn(adapter, estimate(), seen);
          return { value, durationMs, bytes: seen ?? expectedBytes() ?? 0 };
        }),
      makeColumn: canDoColumns
        ? (name, work) =>
            this.#persistently(retry, work, () =>
              this.#made(work, () => adapter.column?.(request, name, { signal: work.signal })),
            )
        : undefined,
      stream:
        typeof adapter.stream === 'function'
          ? ({ signal, batchBytes }) => adapter.stream?.(request, { signal, batchBytes }) ?? nothing()
          : undefined,
    };
    return { ...recipe, ...(pick === undefined ? {} : { pick }), ...(cut === undefined ? {} : { cut }) };
  }

  /** How a function makes a value out of another one, which is loaded first. */
  derived<T, U>(parent: Conversion<T>, fn: (value: T) => U | Promise<U>): Recipe<U> {
    return {
      expectedBytes: () => 0,
      make: (work) =>
        parent.read((value) => this.#derived.run(() => this.#made(work, () => fn(value)), work), work),
    };
  }

  /** Attempts in their turn, with a pause between them that takes no place in the queue. */
  async #persistently<T>(retry: RetryPolicy, work: Work, attempt: () => Promise<Made<T>>): Promise<Made<T>> {
    const { queue, random } = this.#means;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await queue.run(attempt, work);
      } catch (error) {
        const pause = work.signal.aborted ? undefined : retry.delayAfter(attempts, error, random());
        if (pause === undefined) throw error;
        work.retrying(error, pause);
        await this.#pause(pause, work.signal);
      }
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    let end: ((reason: Error) => void) | undefined;
    const stop = (): void => end?.(abortReason(signal));
    try {
      await new Promise<void>((resolve, reject) => {
        const stopTimer = this.#means.timers.after(ms, resolve);
        end = (reason) => {
          stopTimer();
          reject(reason);
        };
        this.#pauses.add(end);
        signal.addEventListener('abort', stop, { once: true });
      });
    } finally {
      if (end !== undefined) this.#pauses.delete(end);
      signal.removeEventListener('abort', stop);
    }
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

async function* nothing(): AsyncGenerator<never, void> {
  // The adapter has lost its stream since it was asked for.
}
