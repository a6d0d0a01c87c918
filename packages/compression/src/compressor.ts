import type { Channel } from '@perf/internal/channel';
import type { Clock } from '@perf/internal/clock';
import { throwIfAborted } from './abort.js';
import type { Compressible, Content, Restored } from './element-type.js';
import { createEngine, type Engine } from './engine.js';
import { CompressionError } from './errors.js';
import { openEvents, type CompressionEvent } from './events.js';
import { readHeader, type Frame, type FrameInfo } from './frame.js';
import { closed, JobQueue } from './job-queue.js';
import { resolveOptions, resolveSignal, type CallOptions, type CompressorOptions } from './options.js';
import { pack, packSync, requirePackable, type Made, type Workshop } from './pack.js';
import { readFrameBytes, readSource } from './source.js';
import { StatisticsCounter, type CompressionStatistics, type Direction } from './statistics.js';
import { admit, unpack, unpackSync } from './unpack.js';

/**
 * Turns bytes and typed arrays into small, checksummed, self-describing frames, and frames back into exactly what
 * was given: a `Float64Array` comes back as a `Float64Array`, bit for bit, in memory of its own.
 *
 * A frame is never larger than its content plus 32 bytes: what does not shrink is kept raw. A damaged, cut or forged
 * frame raises a `CompressionError`; nothing is ever returned that was not put in.
 *
 * The synchronous methods do their work on the spot and hold the event loop for as long as it takes. The
 * asynchronous ones work on other threads, slice by slice; until they settle, leave the data as it is. They never
 * throw: every error is a rejection.
 */
export class Compressor {
  readonly #engine: Engine;
  readonly #shop: Workshop;
  readonly #clock: Clock;
  readonly #queue: JobQueue;
  #closing: Promise<void> | undefined;
  readonly #statistics = new StatisticsCounter();
  readonly #events: Channel<CompressionEvent> = openEvents();

  /** Raises `OPTION` for an option that is unknown or out of range. */
  constructor(options?: CompressorOptions) {
    const resolved = resolveOptions(options);
    this.#engine = createEngine(resolved);
    const { codec, level, minBytes, maxOutputBytes } = resolved;
    const { codecs, checksum } = this.#engine;
    this.#shop = { codec, level, minBytes, maxOutputBytes, codecs, checksum };
    this.#clock = resolved.clock;
    this.#queue = new JobQueue(resolved.concurrency, resolved.maxQueue);
  }

  /**
   * Compresses on the spot. The frame has memory of its own, so it can be transferred to a worker.
   * Raises `INPUT`, `DETACHED`, `TOO_LARGE`, `MEMORY` or `CLOSED`.
   */
  compressSync<T extends Compressible>(data: T): Frame<Restored<T>>;
  compressSync(data: Compressible): Uint8Array<ArrayBuffer> {
    return this.#onTheSpot('compress', () => {
      const source = readSource(data);
      requirePackable(source, this.#shop);
      return packSync(source, this.#shop);
    });
  }

  /**
   * Restores on the spot what a frame holds. The compiler knows its type where it knows the frame's; of a plain
   * `Uint8Array` it knows only that one of the content types comes back.
   * Raises any code but `OPTION`, `ABORTED` and `QUEUE_FULL`.
   */
  decompressSync<C extends Content>(frame: Frame<C>): C;
  decompressSync(frame: Uint8Array): Content;
  decompressSync(frame: Uint8Array): Content {
    return this.#onTheSpot('decompress', () => {
      return unpackSync(admit(readFrameBytes(frame), this.#shop), this.#shop);
    });
  }

  /**
   * Compresses off the event loop, in the order of the calls and at most `concurrency` at once.
   * Rejected with `OPTION`, `INPUT`, `DETACHED`, `TOO_LARGE`, `MEMORY`, `ABORTED`, `QUEUE_FULL` or `CLOSED`.
   */
  compress<T extends Compressible>(data: T, options?: CallOptions): Promise<Frame<Restored<T>>>;
  compress(data: Compressible, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTurn('compress', options, () => {
      const source = readSource(data);
      requirePackable(source, this.#shop);
      return (signal) => pack(source, this.#shop, signal);
    });
  }

  /** Restores off the event loop what a frame holds. Rejected with any code of `CompressionErrorCode`. */
  decompress<C extends Content>(frame: Frame<C>, options?: CallOptions): Promise<C>;
  decompress(frame: Uint8Array, options?: CallOptions): Promise<Content>;
  decompress(frame: Uint8Array, options?: CallOptions): Promise<Content> {
    return this.#inTurn('decompress', options, () => {
      const admitted = admit(readFrameBytes(frame), this.#shop);
      return (signal) => unpack(admitted, this.#shop, signal);
    });
  }

  /**
   * What the header of a frame says. The header's own checksum and all lengths are verified, the payload is not
   * read. Raises `INPUT`, `DETACHED`, `NOT_A_FRAME`, `VERSION`, `CODEC`, `ELEMENT_TYPE`, `CORRUPT` or `CLOSED`.
   */
  inspect(frame: Uint8Array): FrameInfo {
    this.#requireOpen();
    return readHeader(readFrameBytes(frame), this.#shop.checksum);
  }

  /** A frozen snapshot of the counters; also after `close`. */
  stats(): CompressionStatistics {
    return this.#statistics.snapshot(this.#queue, this.#engine);
  }

  /**
   * Refuses every further call and those that wait (`CLOSED`), lets those at work end, and is fulfilled when the
   * last one has. Every call of it gives the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#queue.close().then(() => this.#engine.close());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #onTheSpot<R>(direction: Direction, work: () => Made<R>): R {
    try {
      this.#requireOpen();
      const started = this.#startTime();
      return this.#completed(direction, started, work());
    } catch (error) {
      throw this.#ended(direction, error);
    }
  }

  async #inTurn<R>(
    direction: Direction,
    options: CallOptions | undefined,
    prepare: () => (signal: AbortSignal | undefined) => Promise<Made<R>>,
  ): Promise<R> {
    try {
      this.#requireOpen();
      const signal = resolveSignal(options);
      throwIfAborted(signal);
      const work = prepare();
      return await this.#queue.run(async () => {
        const started = this.#startTime();
        return this.#completed(direction, started, await work(signal));
      }, signal);
    } catch (error) {
      throw this.#ended(direction, error);
    }
  }

  /** The clock is read only while somebody listens. */
  #startTime(): number | undefined {
    return this.#events.active ? this.#clock.now() : undefined;
  }

  #completed<R>(direction: Direction, started: number | undefined, made: Made<R>): R {
    const { codec, contentBytes, frameBytes } = made;
    this.#statistics.completed(direction, made);
    if (started !== undefined) {
      const [bytesIn, bytesOut] =
        direction === 'compress' ? [contentBytes, frameBytes] : [frameBytes, contentBytes];
      this.#events.publish(() => {
        return { direction, codec, bytesIn, bytesOut, durationMs: this.#clock.now() - started };
      });
    }
    return made.result;
  }

  #ended(direction: Direction, error: unknown): unknown {
    const aborted = error instanceof CompressionError && error.code === 'ERR_PERF_COMPRESSION_ABORTED';
    this.#statistics.ended(direction, aborted ? 'aborted' : 'failed');
    return error;
  }

  #requireOpen(): void {
    if (this.#queue.closed) throw closed();
  }
}
