import type { Batch } from './stream/batch.js';
import type { SourceControl } from './stream/source.js';

/** What a conversion yielded, and what it took. */
export interface Made<T> {
  readonly value: T;
  readonly bytes: number;
  readonly durationMs: number;
}

/** How a recipe is followed: given up by the signal, ordered by the priority, `begun` told when its turn has come. */
export interface Work {
  readonly signal: AbortSignal;
  readonly priority: () => number;
  begun(): void;
  /** Told that an attempt has failed, and in how many milliseconds there will be another. */
  retrying(error: unknown, inMs: number): void;
}

/** How to make the value, as often as it is needed. */
export interface Recipe<T> {
  /** What the value will weigh; 0 when unknown. */
  expectedBytes(): number;
  make(work: Work): Promise<Made<T>>;
  readonly makeColumn?: MakeColumn | undefined;
  pick?(value: T, name: string): unknown;
  /** The value in batches, where it need not be made as a whole. */
  readonly stream?: ((control: SourceControl) => AsyncIterable<Batch>) | undefined;
  /** The batches of a value that is held. */
  cut?(value: T, batchBytes: number): Iterable<Batch>;
}

/** How to make one column alone. */
export type MakeColumn = (name: string, work: Work) => Promise<Made<unknown>>;
