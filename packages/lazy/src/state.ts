/**
 * Where a converter stands.
 *
 * - `idle`: nothing was asked for yet
 * - `queued`: asked for, waiting for its turn, or to try again
 * - `loading`: the conversion runs
 * - `loaded`: the value is held
 * - `failed`: the last load failed; the next one tries again
 * - `unloaded`: was held and let go; the next load converts again
 * - `closed`: for good
 */
export type LazyStatus = 'idle' | 'queued' | 'loading' | 'loaded' | 'failed' | 'unloaded' | 'closed';

/** A frozen snapshot of a converter. Times are the manager's clock's, in milliseconds from its own origin. */
export interface LazyConversionState {
  readonly status: LazyStatus;
  readonly createdAt: number;
  /** When the value last arrived; kept after an unload. */
  readonly loadedAt: number | undefined;
  /** When the value or a column was last handed out. */
  readonly lastAccessAt: number | undefined;
  /** How often the value or a column was handed out: by `load`, `value`, `read`, `column` and `batches`, not by `preload`. */
  readonly accesses: number;
  /** The same for each column that was asked for by name. */
  readonly columnAccesses: Readonly<Record<string, number>>;
  /** Bytes held now: the value's, and those of the columns kept without it. */
  readonly bytes: number;
  /** How long the last successful conversion took, without the time in the queue. */
  readonly durationMs: number | undefined;
  /** Why the last attempt to load failed; `undefined` again once one has succeeded. */
  readonly error: unknown;
  /** How many conversions of the whole value were begun, whatever became of them. */
  readonly attempts: number;
}
