import { untilAborted } from './abort.js';
import { CacheError } from './cache-error.js';
import { type BackgroundCompression } from './compression.js';
import { Packed, type EntryRef, type Records } from './records.js';
import { type Report } from './report.js';

/** How values are read and handed over: restored if they are compressed, copied if the cache clones. */
export class Values<V> {
  readonly #clone: boolean;
  readonly #records: Records<V>;
  readonly #compression: BackgroundCompression<V>;
  readonly #report: Report;
  readonly #drop: (ref: EntryRef) => void;

  constructor(o: {
    clone: boolean;
    records: Records<V>;
    compression: BackgroundCompression<V>;
    report: Report;
    /** Removes an entry that cannot be restored. */
    drop: (ref: EntryRef) => void;
  }) {
    this.#clone = o.clone;
    this.#records = o.records;
    this.#compression = o.compression;
    this.#report = o.report;
    this.#drop = o.drop;
  }

  /** The value as one side may have it while the other has its own. */
  copy(value: V): V {
    if (!this.#clone) return value;
    try {
      return structuredClone(value);
    } catch (cause) {
      const message = 'clone: true needs values that structuredClone can copy; it refused this one';
      throw new CacheError('ERR_PERF_CACHE_INVALID_VALUE', message, { cause });
    }
  }

  /** The value on the spot, `served` or only looked at; `undefined` if it cannot be restored: then the entry is gone. */
  now(slot: number, served: boolean): V | undefined {
    const kept = this.#records.kept[slot];
    if (kept === undefined) return undefined;
    if (!(kept instanceof Packed)) return this.copy(kept);
    const ref = this.#records.ref(slot);
    try {
      const value = this.#compression.restoreSync(kept, this.#records.label(slot));
      // What was restored for this reader alone needs no copy, unless the cache keeps it.
      return served && this.#compression.keepsRestored(ref, kept, value) ? this.copy(value) : value;
    } catch (error) {
      this.#drop(ref);
      if (error instanceof CacheError) this.#report(error);
      return undefined;
    }
  }

  /** The same off the event loop, for no longer than until the signal aborts. */
  async later(ref: EntryRef, packed: Packed, signal: AbortSignal | undefined): Promise<V | undefined> {
    const restoring = this.#compression.restore(packed, this.#records.label(ref.slot));
    const value = await untilAborted(restoring, signal);
    if (value === undefined) {
      this.#drop(ref);
      return undefined;
    }
    this.#compression.keepsRestored(ref, packed, value);
    // Others may have waited for the same.
    return this.copy(value);
  }

  /** Gives what is kept now, whenever it is called; throws, and drops the entry, if it cannot be restored. */
  reader(slot: number, kept: V | Packed): () => V {
    if (!(kept instanceof Packed)) return () => this.copy(kept);
    const ref = this.#records.ref(slot);
    const label = this.#records.label(slot);
    return () => {
      try {
        return this.#compression.restoreSync(kept, label);
      } catch (error) {
        this.#drop(ref);
        throw error;
      }
    };
  }
}
