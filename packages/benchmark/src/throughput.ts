import type { Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { course, describe, type Distribution } from './distribution.js';
import { BenchmarkError, refuseOption } from './errors.js';
import { readSignal, requireFunction, requireObject } from './fields.js';
import { threw } from './sampler.js';
import { Series } from './series.js';
import { throwIfAborted, untilAborted } from './session.js';
import type { Warning } from './warning.js';

/** A Node stream, a Web stream, an async iterable or a plain iterable. */
export type Source<Chunk> =
  | AsyncIterable<Chunk>
  | Iterable<Chunk>
  | {
      getReader(): {
        read(): Promise<{ done: boolean; value?: Chunk | undefined }>;
        cancel(reason?: unknown): Promise<void>;
      };
    };

export interface MeasureThroughputOptions<Chunk = unknown> {
  /** Names the stream in messages and tables. Default `'stream'`. */
  readonly name?: string;
  /** Bytes of a chunk. Default: those of text (as UTF-8), of buffers and of views; other chunks have none. */
  readonly bytesOf?: (chunk: Chunk) => number;
  /** Rows of a chunk. Default: the length of an array, `numRows` where there is one, 1 for any other object; text and bytes have none. */
  readonly rowsOf?: (chunk: Chunk) => number;
  /** What the consumer does with a chunk; it may return a promise. Default: nothing, so that the source alone is measured. */
  readonly consume?: (chunk: Chunk) => unknown;
  /** A wait for a chunk that lasts longer is a stall. Default: ten times the median wait, and at least 1 ms. */
  readonly stallAfter?: Duration;
  /** Ends after so many chunks and cancels the stream. Default: at its end. */
  readonly maxChunks?: number;
  readonly signal?: AbortSignal;
}

/** How fast a stream delivered, and who waited for whom. */
export interface ThroughputMetrics {
  readonly kind: 'throughput';
  readonly name: string;
  readonly chunks: number;
  /** Absent where no chunk told its size. */
  readonly bytes?: number;
  readonly rows?: number;
  readonly bytesPerSecond?: number;
  readonly rowsPerSecond?: number;
  readonly chunksPerSecond: number;
  /** From the first request to the end. */
  readonly durationMs: number;
  /** Absent for an empty stream. */
  readonly firstChunkMs?: number;
  /** How long the consumer waited for a chunk, the first one included; every value `NaN` for an empty stream. */
  readonly latency: Distribution;
  /** The share of the time that the consumer waited for the source (starvation). */
  readonly starved: number;
  /** The share of the time that the source could not hand over, since the consumer was busy (backpressure). */
  readonly backpressured: number;
  readonly stalls: {
    readonly count: number;
    readonly timeMs: number;
    readonly longestMs: number;
    /** What counted as one. */
    readonly afterMs: number;
  };
  /** Waits over the run: up to 24 medians in order of time. */
  readonly course: readonly number[];
  readonly warnings: readonly Warning[];
}

export interface ResolvedThroughput<Chunk> {
  readonly name: string;
  readonly bytesOf: (chunk: Chunk) => number | undefined;
  readonly rowsOf: (chunk: Chunk) => number | undefined;
  readonly consume: ((chunk: Chunk) => unknown) | undefined;
  readonly stallAfterMs: number | undefined;
  readonly maxChunks: number;
  readonly signal: AbortSignal | undefined;
}

const KNOWN = ['name', 'bytesOf', 'rowsOf', 'consume', 'stallAfter', 'maxChunks', 'signal'];
const STALL_FACTOR = 10;
const LEAST_STALL_MS = 1;

export function resolveThroughput<Chunk>(o: MeasureThroughputOptions<Chunk>): ResolvedThroughput<Chunk> {
  requireObject(o);
  refuseUnknown(o, KNOWN, refuseOption);
  requireFunction(o.bytesOf, 'bytesOf');
  requireFunction(o.rowsOf, 'rowsOf');
  requireFunction(o.consume, 'consume');
  const name: unknown = o.name ?? 'stream';
  if (typeof name !== 'string' || name.trim() === '') {
    throw refuseOption(`name must be text; given ${shown(name)}`);
  }
  return {
    name,
    bytesOf: o.bytesOf ?? bytesIn,
    rowsOf: o.rowsOf ?? rowsIn,
    consume: o.consume,
    stallAfterMs:
      o.stallAfter === undefined ? undefined : parseDuration(o.stallAfter, 'stallAfter', refuseOption),
    maxChunks: parseCount(o.maxChunks ?? Infinity, 'maxChunks', refuseOption),
    signal: readSignal(o.signal),
  };
}

/** Reads a stream to its end. */
export async function runThroughput<Chunk>(
  source: Source<Chunk>,
  o: ResolvedThroughput<Chunk>,
  clock: Clock,
): Promise<ThroughputMetrics> {
  throwIfAborted(o.signal);
  const chunks = openSource(source);
  const waits = new Series();
  const bytes = new Sum('bytesOf');
  const rows = new Sum('rowsOf');
  let consumedMs = 0;
  let ended = false;
  const began = clock.now();
  let now = began;
  try {
    while (waits.size < o.maxChunks) {
      const next = await untilAborted(
        step('the stream', o.name, () => chunks.next()),
        o.signal,
      );
      const came = clock.now();
      if (next.done === true) {
        ended = true;
        now = came;
        break;
      }
      waits.push(came - now);
      const { value } = next;
      bytes.add(o.bytesOf(value));
      rows.add(o.rowsOf(value));
      if (o.consume !== undefined)
        await untilAborted(
          step('consume', o.name, () => o.consume?.(value)),
          o.signal,
        );
      now = clock.now();
      consumedMs += now - came;
    }
  } finally {
    // A source that never settles must not hold its reader either, so nobody waits for this.
    if (!ended) void quietly(() => chunks.cancel());
  }
  const durationMs = now - began;
  const times = waits.view();
  const latency = describe(times);
  const afterMs =
    o.stallAfterMs ?? Math.max(LEAST_STALL_MS, STALL_FACTOR * (times.length === 0 ? 0 : latency.p50));
  const stalled = times.filter((ms) => ms > afterMs);
  const perSecond = (total: number): number => (durationMs > 0 ? (total * 1000) / durationMs : 0);
  const share = (ms: number): number => (durationMs > 0 ? Math.min(1, Math.max(0, ms / durationMs)) : 0);
  return {
    kind: 'throughput',
    name: o.name,
    chunks: times.length,
    ...(bytes.total === undefined ? {} : { bytes: bytes.total, bytesPerSecond: perSecond(bytes.total) }),
    ...(rows.total === undefined ? {} : { rows: rows.total, rowsPerSecond: perSecond(rows.total) }),
    chunksPerSecond: perSecond(times.length),
    durationMs,
    ...(times[0] === undefined ? {} : { firstChunkMs: times[0] }),
    latency,
    starved: share(durationMs - consumedMs),
    backpressured: share(consumedMs),
    stalls: {
      count: stalled.length,
      timeMs: stalled.reduce((sum, ms) => sum + ms, 0),
      longestMs: stalled.reduce((most, ms) => Math.max(most, ms), 0),
      afterMs,
    },
    course: course(times),
    warnings: [],
  };
}

class Sum {
  total: number | undefined;
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  add(value: number | undefined): void {
    if (value === undefined) return;
    if (!(Number.isFinite(value) && value >= 0)) {
      throw refuseOption(
        `${this.#what} must return a finite number of at least 0; it returned ${shown(value)}`,
      );
    }
    this.total = (this.total ?? 0) + value;
  }
}

interface Chunks<Chunk> {
  next(): Promise<IteratorResult<Chunk, unknown>> | IteratorResult<Chunk, unknown>;
  cancel(): unknown;
}

function openSource<Chunk>(source: Source<Chunk>): Chunks<Chunk> {
  const given: unknown = source;
  if (given !== null && typeof given === 'object') {
    if (Symbol.asyncIterator in source) {
      const iterator = source[Symbol.asyncIterator]();
      return { next: () => iterator.next(), cancel: () => iterator.return?.() };
    }
    if (Symbol.iterator in source) {
      const iterator = source[Symbol.iterator]();
      return { next: () => iterator.next(), cancel: () => iterator.return?.() };
    }
    if ('getReader' in source && typeof source.getReader === 'function') {
      const reader = source.getReader();
      return {
        async next() {
          const { done, value } = await reader.read();
          // Until it is done, a stream's value is a chunk.
          return done ? { done, value: undefined } : { done, value: value as Chunk };
        },
        cancel: () => reader.cancel(),
      };
    }
  }
  throw new BenchmarkError(
    'ERR_PERF_BENCHMARK_CANDIDATES',
    `a stream must be a Node stream, a Web stream or an iterable; given ${shown(given)}`,
  );
}

async function step<T>(what: string, name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw threw(what, name, cause);
  }
}

async function quietly(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    return;
  }
}

function bytesIn(chunk: unknown): number | undefined {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  if (ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) {
    return chunk.byteLength;
  }
  return undefined;
}

function rowsIn(chunk: unknown): number | undefined {
  if (Array.isArray(chunk)) return chunk.length;
  if (chunk === null || typeof chunk !== 'object' || bytesIn(chunk) !== undefined) return undefined;
  const told = 'numRows' in chunk ? chunk.numRows : 1;
  return typeof told === 'number' ? told : 1;
}
