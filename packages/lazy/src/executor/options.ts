import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { refuseOption } from '../errors.js';
import { parseWhenFull } from '../options.js';
import type { WhenFull } from '../task-queue.js';

/** How a `WorkerExecutor` is set up. Everything has a default. */
export interface WorkerExecutorOptions {
  /** Worker threads at most. Default `'auto'`: one less than the machine's cores, at least 1 and at most 4. */
  readonly threads?: number | 'auto';
  /** How long a worker may sit idle before its thread ends. `Infinity`: until `close`. Default `'30s'`. */
  readonly idleTimeout?: Duration;
  /** Tasks that may wait for a thread, the most urgent first. Default 1000. */
  readonly maxQueue?: number;
  /**
   * What becomes of one more: `'refuse'` rejects it with `ERR_PERF_LAZY_QUEUE_FULL`; `'wait'` lets it wait to be let
   * into the queue, in the order of coming. Default `'refuse'`.
   */
  readonly whenFull?: WhenFull;
  /**
   * The JavaScript heap of each worker, rounded up to whole megabytes; a task that needs more loses its worker.
   * ArrayBuffers are not counted by Node. Default `Infinity`: Node's own limit.
   */
  readonly maxHeapBytes?: ByteSize;
  /**
   * The worker entry, for programs bundled into one file: ship the folder `@perf/lazy/dist` along, and point to the
   * `worker.js` in it by URL or absolute path. Default: found beside this package's own code.
   */
  readonly entry?: URL | string;
}

/** The options of a `WorkerExecutor` that are not given. */
export const WORKER_DEFAULTS: Required<Omit<WorkerExecutorOptions, 'entry'>> = Object.freeze({
  threads: 'auto',
  idleTimeout: '30s',
  maxQueue: 1000,
  whenFull: 'refuse',
  maxHeapBytes: Infinity,
});

/** The options of a `WorkerExecutor`, read: milliseconds and bytes. */
export interface ResolvedWorkerOptions {
  readonly threads: number;
  readonly idleTimeout: number;
  readonly maxQueue: number;
  readonly whenFull: WhenFull;
  readonly maxHeapBytes: number;
  readonly entry: string | undefined;
}

const KNOWN = [...Object.keys(WORKER_DEFAULTS), 'entry'];
const MOST_THREADS = 1024;

/** Reads the options of a `WorkerExecutor`; `cores` decides what `'auto'` means. */
export function resolveWorkerOptions(
  o: WorkerExecutorOptions,
  cores: number = availableParallelism(),
): ResolvedWorkerOptions {
  refuseUnknown(o, KNOWN, refuseOption);
  const {
    threads = WORKER_DEFAULTS.threads,
    idleTimeout = WORKER_DEFAULTS.idleTimeout,
    maxQueue = WORKER_DEFAULTS.maxQueue,
    whenFull = WORKER_DEFAULTS.whenFull,
    maxHeapBytes = WORKER_DEFAULTS.maxHeapBytes,
    entry,
  } = o;
  return {
    threads:
      threads === 'auto'
        ? Math.min(4, Math.max(1, cores - 1))
        : parseCount(threads, 'threads', refuseOption, { max: MOST_THREADS }),
    idleTimeout: parseDuration(idleTimeout, 'idleTimeout', refuseOption, true),
    maxQueue: parseCount(maxQueue, 'maxQueue', refuseOption, { min: 0 }),
    whenFull: parseWhenFull(whenFull),
    maxHeapBytes: parseHeap(maxHeapBytes),
    entry: parseEntry(entry),
  };
}

function parseHeap(value: ByteSize): number {
  const bytes = parseBytes(value, 'maxHeapBytes', refuseOption, true);
  if (bytes > 0) return bytes;
  throw refuseOption(`maxHeapBytes must be more than 0; given ${shown(value)}`);
}

function parseEntry(entry: unknown): string | undefined {
  if (entry === undefined) return undefined;
  if (typeof entry === 'string' && isAbsolute(entry)) return entry;
  const url = entry instanceof URL ? entry.href : entry;
  if (typeof url === 'string' && url.startsWith('file:') && URL.canParse(url)) return fileURLToPath(url);
  throw refuseOption(`entry must be a file URL or an absolute path; given ${shown(url)}`);
}
