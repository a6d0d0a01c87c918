import type { Conversion } from './conversion.js';
import type { LazyEvent } from './events.js';
import type { Batch } from './stream/batch.js';
import type { SourceControl } from './stream/source.js';
import type { StreamRun } from './stream/stream-run.js';

/** Something that happened to a conversion; `error` when it failed. */
export type Happening = Omit<LazyEvent, 'id'> & { readonly error?: unknown };

/** Who looks after conversions: is told of everything that happens, and closes them all by closing. */
export interface Keeper {
  readonly closed: boolean;
  now(): number;
  happened(conversion: Conversion<unknown>, what: Happening): void;
  /** Sets up a stream that ends with its owner. */
  stream(
    source: (control: SourceControl) => AsyncIterable<Batch>,
    signal: AbortSignal | undefined,
  ): StreamRun;
}
