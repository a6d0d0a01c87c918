import { LookupTimes, type LookupTimeStatistics } from './lookup-times.js';
import { type LeaveCause } from './removal.js';

/** Why a value was not kept: larger than `maxBytes`, or a conversion that gave `undefined`. */
export type RefusalReason = 'too-large' | 'undefined';

/** The compressed part of a cache. */
export interface CompressionStatistics {
  /** Entries that are kept compressed now, and the bytes of their values before and after. */
  readonly entries: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Entries that wait for compression or are in it. */
  readonly pending: number;
  /** Values that were compressed; that the codec does not handle; that did not get smaller; that failed. */
  readonly encoded: number;
  readonly declined: number;
  readonly notSmaller: number;
  readonly encodeFailures: number;
  /** Values that were restored; that could not be. A restore that several readers share counts once. */
  readonly decoded: number;
  readonly decodeFailures: number;
  /** Values that were read so often that they are kept restored again. */
  readonly keptRestored: number;
}

/**
 * A snapshot of a cache.
 *
 * Counting rules: every `get`, `getAsync` and `getOrConvert` counts as one hit or one miss; `has`, `peek`, `getEntry`
 * and `entries` count as nothing. A miss that finds a conversion of its key under way counts as joined too. A
 * conversion counts once, however many wait for it: as a load when it gave a value (kept or not), as a failure when it
 * failed, as aborted when everybody had left. An entry that turns out to be corrupt makes its read a miss; a caller who leaves while
 * one is restored counts as nothing. A value that
 * is served after its time while it is made anew is a hit and a stale hit, and saves nothing; a remembered failure is a
 * miss and a negative hit.
 */
export interface CacheStatistics {
  readonly policy: string;
  /** What decides just now: the policy, or the one of several ways that an adaptive one follows. */
  readonly inCharge: string;
  /** Entries now; some may have expired and not been met yet. */
  readonly entries: number;
  readonly bytes: number;
  /** The limits that hold now; under memory pressure lower than those that were given. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Hits per lookup, 0 to 1; 0 before the first lookup. */
  readonly hitRate: number;
  readonly staleHits: number;
  readonly negativeHits: number;
  readonly joined: number;
  /** Values that got in, by `set` or from a conversion. */
  readonly sets: number;
  /** Conversions under way that new callers can join. */
  readonly inFlight: number;
  readonly loads: number;
  readonly loadFailures: number;
  readonly loadAborts: number;
  /** Of all these, those that were to make a stale value anew. */
  readonly refreshes: number;
  /** Milliseconds of all loads. */
  readonly loadMs: number;
  /** Milliseconds of conversion that the hits saved: the sum of the costs of the entries that were served. */
  readonly savedMs: number;
  readonly removals: Readonly<Record<LeaveCause, number>>;
  readonly refusals: Readonly<Record<RefusalReason, number>>;
  readonly compression: CompressionStatistics;
  /** How long `get` took, of which one in 256 is timed. */
  readonly lookups: LookupTimeStatistics;
}

/** What is counted while the cache works. */
export class Counters {
  hits = 0;
  misses = 0;
  staleHits = 0;
  negativeHits = 0;
  joined = 0;
  sets = 0;
  loads = 0;
  loadFailures = 0;
  loadAborts = 0;
  refreshes = 0;
  loadMs = 0;
  savedMs = 0;
  readonly removals: Record<LeaveCause, number> = {
    evicted: 0,
    expired: 0,
    replaced: 0,
    deleted: 0,
    invalidated: 0,
    cleared: 0,
    corrupt: 0,
    closed: 0,
  };
  readonly refusals: Record<RefusalReason, number> = { 'too-large': 0, undefined: 0 };
  readonly lookups: LookupTimes = new LookupTimes();

  snapshot(
    now: Pick<
      CacheStatistics,
      'policy' | 'inCharge' | 'entries' | 'bytes' | 'maxEntries' | 'maxBytes' | 'inFlight' | 'compression'
    >,
  ): CacheStatistics {
    const { removals, refusals, lookups, ...counts } = this;
    const asked = counts.hits + counts.misses;
    return Object.freeze({
      ...now,
      ...counts,
      hitRate: asked === 0 ? 0 : counts.hits / asked,
      removals: Object.freeze({ ...removals }),
      refusals: Object.freeze({ ...refusals }),
      lookups: lookups.snapshot(),
    });
  }
}
