import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import type { MemoryReader } from '@perf/internal/memory/reading';
import { refuseUnknown } from '@perf/internal/options';
import { refuseOption } from '../errors.js';
import { Ledger } from '../memory/ledger.js';
import type { MemoryPool } from '../memory/memory-pool.js';
import { requireMethod, resolveMemory } from '../options.js';
import { isSize } from '../size.js';
import type { Batch } from './batch.js';
import type { StreamProgress, StreamTotal } from './progress.js';

/** How a `StreamingConverter` is set up. Everything has a default. */
export interface StreamingOptions {
  /** Bytes that a run may have under way over all its stages, by what its batches say they weigh. Default `'64MB'`. */
  readonly maxBytes?: ByteSize;
  /** The largest batch that a source is asked for: memory of this size is used again while it is warm. Default `'1MB'`. */
  readonly batchBytes?: ByteSize;
  /** Where stages `allocate`. Not closed by the converter. Default: fresh memory. */
  readonly pool?: MemoryPool;
  /**
   * While it tells that memory is scarce, batches get smaller, and when that is critical one is under way at a time.
   * `false`: takes no notice. Default: one `MemoryMonitor` that all parts of the process share.
   */
  readonly memory?: MemoryReader | false;
  /** Where the bytes of runs are written down. Default: nowhere. */
  readonly ledger?: Ledger;
  /** The source of time. Default: the process's monotonic clock. */
  readonly clock?: Clock;
}

/** How one run is set up. */
export interface RunStreamOptions<T = unknown> {
  /** For this run instead of the converter's. */
  readonly maxBytes?: ByteSize | undefined;
  /** For this run instead of the converter's. */
  readonly batchBytes?: ByteSize | undefined;
  /** Gives the run up: its reader is rejected with the signal's reason, at once. */
  readonly signal?: AbortSignal | undefined;
  /** Told of progress, at most every `progressInterval`, and once when the source has ended. Must not throw. */
  readonly onProgress?: ((progress: StreamProgress) => void) | undefined;
  /** Default `'250ms'`. */
  readonly progressInterval?: Duration | undefined;
  /** What the source will give altogether, where that is known: for `fraction` and `remainingMs`. */
  readonly total?: StreamTotal | undefined;
  /** Cuts a batch of the source that is larger than was asked for into about `parts`, which may share its memory. */
  readonly split?: ((batch: Batch<T>, parts: number) => readonly Batch<T>[]) | undefined;
}

/** The options of a `StreamingConverter` that are not given. */
export const STREAM_DEFAULTS: Required<Pick<StreamingOptions, 'maxBytes' | 'batchBytes'>> = Object.freeze({
  maxBytes: '64MB',
  batchBytes: '1MB',
});

/** The options of a `StreamingConverter`, read: bytes. */
export interface ResolvedStreamingOptions {
  readonly maxBytes: number;
  readonly batchBytes: number;
  readonly pool: MemoryPool | undefined;
  readonly memory: MemoryReader | undefined;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** The options of a run, read: bytes and milliseconds. */
export interface ResolvedRunOptions {
  readonly maxBytes: number;
  readonly batchBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: StreamProgress) => void) | undefined;
  readonly progressInterval: number;
  readonly total: StreamTotal;
}

const KNOWN: readonly (keyof StreamingOptions)[] = [
  'maxBytes',
  'batchBytes',
  'pool',
  'memory',
  'ledger',
  'clock',
];
const KNOWN_OF_RUN: readonly (keyof RunStreamOptions)[] = [
  'maxBytes',
  'batchBytes',
  'signal',
  'onProgress',
  'progressInterval',
  'total',
  'split',
];
const PROGRESS_INTERVAL = '250ms';

/** Reads the options of a `StreamingConverter`. */
export function resolveStreamingOptions(o: StreamingOptions): ResolvedStreamingOptions {
  refuseUnknown(o, KNOWN, refuseOption);
  const {
    maxBytes = STREAM_DEFAULTS.maxBytes,
    batchBytes = STREAM_DEFAULTS.batchBytes,
    pool,
    memory,
    ledger = new Ledger(),
    clock = systemClock,
  } = o;
  if (pool !== undefined) requireMethod(pool, 'scope', 'pool');
  requireMethod(clock, 'now', 'clock');
  return {
    maxBytes: parseSome(maxBytes, 'maxBytes'),
    batchBytes: parseSome(batchBytes, 'batchBytes'),
    pool,
    memory: resolveMemory(memory),
    ledger,
    clock,
  };
}

/** Reads the options of a run against those of its converter. */
export function resolveRunOptions<T>(
  o: RunStreamOptions<T>,
  own: ResolvedStreamingOptions,
): ResolvedRunOptions {
  refuseUnknown(o, KNOWN_OF_RUN, refuseOption);
  const { signal, onProgress, progressInterval = PROGRESS_INTERVAL, total = {}, split } = o;
  if (onProgress !== undefined) requireMethod({ onProgress }, 'onProgress', 'onProgress');
  if (split !== undefined) requireMethod({ split }, 'split', 'split');
  refuseUnknown(total, ['rows', 'bytes'], refuseOption);
  for (const [field, value] of Object.entries(total)) {
    if (value !== undefined && !isSize(value)) {
      throw refuseOption(`total.${field} must be a finite number of at least 0; given ${shown(value)}`);
    }
  }
  return {
    maxBytes: o.maxBytes === undefined ? own.maxBytes : parseSome(o.maxBytes, 'maxBytes'),
    batchBytes: o.batchBytes === undefined ? own.batchBytes : parseSome(o.batchBytes, 'batchBytes'),
    signal,
    onProgress,
    progressInterval: parseDuration(progressInterval, 'progressInterval', refuseOption),
    total,
  };
}

function parseSome(value: ByteSize, field: string): number {
  const bytes = parseBytes(value, field, refuseOption, true);
  if (bytes > 0) return bytes;
  throw refuseOption(`${field} must be more than 0; given ${shown(value)}`);
}
