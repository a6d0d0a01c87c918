import type { Task } from './executor/executor.js';
import type { Batch } from './stream/batch.js';

/**
 * What can be converted lazily: any object with a `convert`. The rest is optional and only makes it better.
 * `Value` is what a conversion yields, `Request` what it is asked for.
 */
export interface Convertible<Value, Request = unknown> {
  /** Converts. Without a `task` this runs in the calling thread and blocks the event loop while it computes. */
  convert(request: Request, o?: { signal?: AbortSignal }): Value | Promise<Value>;
  /** What the value will weigh and how long it will take. Decides what is loaded at once; without it, nothing is. */
  estimateCost?(request: Request): { bytes: number; durationMs: number };
  /** Converts one column only. */
  column?(request: Request, name: string, o?: { signal?: AbortSignal }): Promise<unknown>;
  /** Converts batch by batch, holding no more than the batch in work. `batchBytes` is what a batch should weigh, about. */
  stream?(request: Request, o?: { signal?: AbortSignal; batchBytes?: number }): AsyncIterable<Batch>;
  /**
   * The same conversion as work that an executor can run elsewhere, or `undefined` when this request cannot leave the
   * thread. Called anew for every attempt: put into `transfer` only what was made for this one, because moved buffers
   * are gone from here, and a retry would find them empty.
   */
  task?(request: Request): Task | undefined;
  /** Turns what the task returned (plain data and buffers) into the value. Without it, that is the value. */
  restore?(result: unknown): Value;
}
