import type { CodecName } from './codec/codec.js';
import type { Engine, Missing } from './engine.js';
import type { CompressionEvent } from './events.js';
import type { QueueState } from './job-queue.js';

export type Direction = CompressionEvent['direction'];

/**
 * What a compressor has done since it was made. A call is counted once, when it ends: as completed, as aborted (its
 * signal fired), or as failed (everything else, refusals of bad input, of a full queue and of a closed compressor
 * included). Bytes and codecs are those of completed calls. `inspect` is not counted.
 */
export interface CompressionStatistics {
  readonly compress: DirectionStatistics;
  readonly decompress: DirectionStatistics;
  /** Asynchronous calls at work now. */
  readonly running: number;
  /** Asynchronous calls that wait for their turn now. */
  readonly queued: number;
  /** Threads of its own that are there now. */
  readonly threads: number;
  /**
   * What this host lacks, as far as it was needed: without `'zlib'` the codecs work in JavaScript on the event loop,
   * without `'wasm'` so do the filters, `'zstd'` and `'brotli'` are replaced by gzip.
   */
  readonly missing: readonly Missing[];
}

export interface DirectionStatistics {
  readonly completed: number;
  readonly failed: number;
  readonly aborted: number;
  /** Bytes of all contents of completed calls. */
  readonly contentBytes: number;
  /** Bytes of all frames of completed calls: `contentBytes / frameBytes` is the ratio. */
  readonly frameBytes: number;
  /** Completed calls by the codec of their frame. */
  readonly byCodec: Readonly<Record<CodecName, number>>;
}

/** What a completed call was about. */
export interface Volume {
  readonly codec: CodecName;
  readonly contentBytes: number;
  readonly frameBytes: number;
}

type EngineState = Pick<Engine, 'threads' | 'missing'>;

/** The counters behind `stats()`. */
export class StatisticsCounter {
  readonly #counts: Readonly<Record<Direction, Counts>> = { compress: noCounts(), decompress: noCounts() };

  completed(direction: Direction, volume: Volume): void {
    const counts = this.#counts[direction];
    counts.completed += 1;
    counts.contentBytes += volume.contentBytes;
    counts.frameBytes += volume.frameBytes;
    counts.byCodec[volume.codec] += 1;
  }

  ended(direction: Direction, how: 'failed' | 'aborted'): void {
    this.#counts[direction][how] += 1;
  }

  snapshot({ running, queued }: QueueState, { threads, missing }: EngineState): CompressionStatistics {
    return Object.freeze({
      compress: frozen(this.#counts.compress),
      decompress: frozen(this.#counts.decompress),
      running,
      queued,
      threads,
      missing: Object.freeze([...missing]),
    });
  }
}

interface Counts {
  completed: number;
  failed: number;
  aborted: number;
  contentBytes: number;
  frameBytes: number;
  byCodec: Record<CodecName, number>;
}

function noCounts(): Counts {
  return {
    completed: 0,
    failed: 0,
    aborted: 0,
    contentBytes: 0,
    frameBytes: 0,
    byCodec: { none: 0, gzip: 0, deflate: 0, brotli: 0, zstd: 0, columnar: 0 },
  };
}

function frozen(counts: Counts): DirectionStatistics {
  return Object.freeze({ ...counts, byCodec: Object.freeze({ ...counts.byCodec }) });
}
