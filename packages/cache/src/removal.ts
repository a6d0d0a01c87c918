import { CacheError } from './cache-error.js';
import { EntryView, type CachedConversion, type EntryDescription } from './entry.js';
import { type Report } from './report.js';

/**
 * Why a value is not in the cache any more: `evicted` to make room, `expired` by its ttl, `replaced` by another value,
 * `deleted` by `delete`, `invalidated` by `invalidate`, `cleared` by `clear`, `corrupt` because it could not be
 * decompressed, `closed` with the cache; or `refused` because it was larger than `maxBytes` and never got in.
 */
export type RemovalCause =
  | 'evicted'
  | 'expired'
  | 'replaced'
  | 'deleted'
  | 'invalidated'
  | 'cleared'
  | 'corrupt'
  | 'closed'
  | 'refused';

/** Why an entry that was in the cache has left. */
export type LeaveCause = Exclude<RemovalCause, 'refused'>;

/** What `onRemove` is told. */
export interface Removal<V> extends CachedConversion<V> {
  readonly cause: RemovalCause;
}

export class RemovalView<V> extends EntryView<V> implements Removal<V> {
  readonly cause: RemovalCause;

  constructor(entry: EntryDescription, cause: RemovalCause, restore: () => V) {
    super(entry, restore);
    this.cause = cause;
  }
}

/**
 * Tells the owner about removals, one at a time and in order, never in the middle of an operation: the listener finds
 * the cache whole and may use it.
 */
export class RemovalNotices<V> {
  readonly #listener: (removal: Removal<V>) => void;
  readonly #report: Report;
  readonly #waiting: Removal<V>[] = [];
  #telling = false;

  constructor(listener: (removal: Removal<V>) => void, report: Report) {
    this.#listener = listener;
    this.#report = report;
  }

  add(removal: Removal<V>): void {
    this.#waiting.push(removal);
  }

  /** Call at the end of an operation. A listener that removes more is told of it after its return. */
  deliver(): void {
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#tell(next);
    this.#telling = false;
  }

  #tell(removal: Removal<V>): void {
    try {
      this.#listener(removal);
    } catch (cause) {
      const message = `onRemove threw for '${removal.label}' (${removal.cause}); the removal stands`;
      this.#report(new CacheError('ERR_PERF_CACHE_LISTENER_FAILED', message, { cause }));
    }
  }
}
