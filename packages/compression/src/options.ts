import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { shown } from '@perf/internal/errors';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import { CODEC_NAMES, type CodecName, type Level } from './codec/codec.js';
import { usualThreads } from './threads/usual-threads.js';
import type { Executor } from './threads/executor.js';
import { optionError } from './errors.js';

/**
 * How content is stored:
 *
 * - `'auto'`: judged by a sample first, and kept raw unless it shrinks by a sixteenth. Numbers go through `'columnar'`
 *   unless the sample repeats itself; bytes through zstd where the host has it, gzip elsewhere.
 * - `'columnar'`: filters chosen for each block by the type of the elements, see the README.
 * - `'gzip'`, `'deflate'`, `'brotli'`, `'zstd'`: always tried, and kept raw only if content does not shrink at all. On
 *   a host without it (zstd before Node 22.15) gzip takes its place, and `stats().missing` says so.
 * - `'none'`: kept raw, with the checksums and the type of a frame.
 */
export type CodecChoice = 'auto' | CodecName;

export interface CompressorOptions {
  /** How content is stored. Default `'auto'`. */
  readonly codec?: CodecChoice;
  /**
   * How hard to try. Default `'fast'`: what is kept for minutes rarely pays back the time of the other two. gzip and
   * deflate: level 1, 6, 9; brotli 1, 5, 9; zstd 1, 6, 12; columnar: bit-packing, bins with entropy coding, and
   * DEFLATE tried besides.
   */
  readonly level?: Level;
  /** Content of fewer bytes is kept raw, whatever the codec: there is nothing to gain. Default `'1KB'`. */
  readonly minBytes?: ByteSize;
  /**
   * The largest content, in bytes, that is given back; content beyond it is refused when compressing too, for it
   * could not be read again. Default `'1GB'`, at most 4 GB less one byte.
   */
  readonly maxOutputBytes?: ByteSize;
  /**
   * How many asynchronous calls work at once; the others wait in order. Default 2: libuv has four threads unless
   * `UV_THREADPOOL_SIZE` says otherwise, and files and name look-ups need some of them.
   */
  readonly concurrency?: number;
  /**
   * Where large typed arrays are worked on asynchronously: anything with `run` and `concurrency`, as the executors of
   * `@perf/lazy`. It is not closed here. Default: threads of its own.
   */
  readonly executor?: Executor;
  /**
   * How many threads of its own a compressor may start for large typed arrays, on first use; they end after five
   * seconds without work. 0: that work is done on the event loop, with a pause after every megabyte. Default: one less
   * than there are cores, at least 1, at most 2.
   */
  readonly threads?: number;
  /** How many asynchronous calls may wait; one more is refused. Default 1024. */
  readonly maxQueue?: number;
  /**
   * Compress in JavaScript even where the host has zlib and WebAssembly: frames that every reader understands, several
   * times slower, and the asynchronous calls keep the event loop busy. Default `false`; a host without them takes this
   * path by itself.
   */
  readonly portable?: boolean;
  /** The clock behind the durations of events. Default: the process's monotonic clock. */
  readonly clock?: Clock;
}

/** What a compressor does when nothing else is said. */
export const DEFAULTS: Readonly<Required<Omit<CompressorOptions, 'executor'>>> = Object.freeze({
  codec: 'auto',
  level: 'fast',
  minBytes: '1KB',
  maxOutputBytes: '1GB',
  concurrency: 2,
  threads: usualThreads(),
  maxQueue: 1024,
  portable: false,
  clock: systemClock,
});

export interface ResolvedOptions {
  readonly codec: CodecChoice;
  readonly level: Level;
  readonly minBytes: number;
  readonly maxOutputBytes: number;
  readonly concurrency: number;
  readonly executor: Executor | undefined;
  readonly threads: number;
  readonly maxQueue: number;
  readonly portable: boolean;
  readonly clock: Clock;
}

/** gzip's size field and the host's zlib count in 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;
const CODECS: readonly CodecChoice[] = ['auto', ...CODEC_NAMES];
const LEVELS: readonly Level[] = ['fast', 'balanced', 'small'];

/** Fills in the defaults and refuses, by `OPTION`, what is unknown or out of range. */
export function resolveOptions(options: CompressorOptions = {}): ResolvedOptions {
  requireObject(options, 'options');
  refuseUnknown(options, [...Object.keys(DEFAULTS), 'executor'], optionError);
  const given: CompressorOptions & typeof DEFAULTS = { ...DEFAULTS, ...withoutUndefined(options) };
  return Object.freeze({
    codec: parseChoice(given.codec, 'codec', CODECS, optionError),
    level: parseChoice(given.level, 'level', LEVELS, optionError),
    minBytes: parseBytes(given.minBytes, 'minBytes', optionError),
    maxOutputBytes: parseMaxOutput(given.maxOutputBytes),
    concurrency: parseCount(given.concurrency, 'concurrency', optionError, { max: 1024 }),
    executor: parseExecutor(given.executor),
    threads: parseCount(given.threads, 'threads', optionError, { min: 0, max: 64 }),
    maxQueue: parseCount(given.maxQueue, 'maxQueue', optionError, { min: 0 }),
    portable: parseFlag(given.portable),
    clock: parseClock(given.clock),
  });
}

function parseMaxOutput(value: ByteSize): number {
  const bytes = parseBytes(value, 'maxOutputBytes', optionError);
  if (bytes <= MOST_BYTES) return bytes;
  throw optionError(`maxOutputBytes must be at most ${String(MOST_BYTES)} bytes; given ${shown(value)}`);
}

function parseFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw optionError(`portable must be true or false; given ${shown(value)}`);
}

function parseExecutor(value: unknown): Executor | undefined {
  if (value === undefined || isExecutor(value)) return value;
  throw optionError(`executor must have a function run() and a concurrency; given ${shown(value)}`);
}

function isExecutor(value: unknown): value is Executor {
  if (typeof value !== 'object' || value === null || !('run' in value) || !('concurrency' in value))
    return false;
  return typeof value.run === 'function' && typeof value.concurrency === 'number' && value.concurrency >= 1;
}

function parseClock(value: unknown): Clock {
  if (isClock(value)) return value;
  throw optionError(`clock must be an object with a function now(); given ${shown(value)}`);
}

function isClock(value: unknown): value is Clock {
  return typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function';
}

export function requireObject(value: unknown, what: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw optionError(`${what} must be an object; given ${shown(value)}`);
}

function withoutUndefined(options: CompressorOptions): CompressorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
