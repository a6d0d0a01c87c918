import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { shown } from '@perf/internal/errors';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import type { Level } from './codec/codec.js';
import { optionError } from './errors.js';

/**
 * How content is stored:
 *
 * - `'auto'`: judged by a sample first, and kept raw unless it shrinks by a sixteenth.
 * - `'gzip'`: always tried, and kept raw only if it does not shrink at all.
 * - `'none'`: kept raw, with the checksums and the type of a frame.
 */
export type CodecChoice = 'auto' | 'gzip' | 'none';

export interface CompressorOptions {
  /** How content is stored. Default `'auto'`. */
  readonly codec?: CodecChoice;
  /**
   * How hard to try. Default `'fast'`: what is kept for minutes rarely pays back the time of the other two.
   * `'fast'` is gzip level 1, `'balanced'` 6, `'small'` 9.
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
  /** How many asynchronous calls may wait; one more is refused. Default 1024. */
  readonly maxQueue?: number;
  /**
   * Compress in JavaScript (fflate) even where the host has zlib: the same frames, several times slower, and the
   * asynchronous calls keep the event loop busy. Default `false`; a host without zlib takes this path by itself.
   */
  readonly portable?: boolean;
  /** The clock behind the durations of events. Default: the process's monotonic clock. */
  readonly clock?: Clock;
}

/** What a compressor does when nothing else is said. */
export const DEFAULTS: Readonly<Required<CompressorOptions>> = Object.freeze({
  codec: 'auto',
  level: 'fast',
  minBytes: '1KB',
  maxOutputBytes: '1GB',
  concurrency: 2,
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
  readonly maxQueue: number;
  readonly portable: boolean;
  readonly clock: Clock;
}

/** gzip's size field and the host's zlib count in 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;
const CODECS: readonly CodecChoice[] = ['auto', 'gzip', 'none'];
const LEVELS: readonly Level[] = ['fast', 'balanced', 'small'];

/** Fills in the defaults and refuses, by `OPTION`, what is unknown or out of range. */
export function resolveOptions(options: CompressorOptions = {}): ResolvedOptions {
  requireObject(options, 'options');
  refuseUnknown(options, Object.keys(DEFAULTS), optionError);
  const given = { ...DEFAULTS, ...withoutUndefined(options) };
  return Object.freeze({
    codec: parseChoice(given.codec, 'codec', CODECS, optionError),
    level: parseChoice(given.level, 'level', LEVELS, optionError),
    minBytes: parseBytes(given.minBytes, 'minBytes', optionError),
    maxOutputBytes: parseMaxOutput(given.maxOutputBytes),
    concurrency: parseCount(given.concurrency, 'concurrency', optionError, { max: 1024 }),
    maxQueue: parseCount(given.maxQueue, 'maxQueue', optionError, { min: 0 }),
    portable: parseFlag(given.portable),
    clock: parseClock(given.clock),
  });
}

/** What every asynchronous call takes. */
export interface CallOptions {
  /** Ends the call early, whether it waits or works: it is then rejected with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads the options of one call. */
export function resolveSignal(options: CallOptions = {}): AbortSignal | undefined {
  requireObject(options, 'options');
  refuseUnknown(options, ['signal'], optionError);
  const signal: unknown = options.signal;
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw optionError(`signal must be an AbortSignal; given ${shown(signal)}`);
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

function parseClock(value: unknown): Clock {
  if (isClock(value)) return value;
  throw optionError(`clock must be an object with a function now(); given ${shown(value)}`);
}

function isClock(value: unknown): value is Clock {
  return typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function';
}

function requireObject(value: unknown, what: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw optionError(`${what} must be an object; given ${shown(value)}`);
}

function withoutUndefined(options: CompressorOptions): CompressorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
