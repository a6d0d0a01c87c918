import type { Channel } from '@perf/internal/channel';
import type { Clock } from '@perf/internal/clock';
import { throwIfAborted } from './abort.js';
import type { Compressible, Content, Restored } from './element-type.js';
import { createEngine, type Engine } from './engine.js';
import { CompressionError } from './errors.js';
import { openEvents, type CompressionEvent } from './events.js';
import { describe, type FrameDescription } from './description.js';
import type { Frame } from './frame.js';
import { closed, JobQueue } from './job-queue.js';
import {
  resolveColumnsCall,
  resolveCompressStream,
  resolveDecompress,
  resolveDecompressStream,
  resolveSignal,
  type CallOptions,
  type ColumnsCallOptions,
  type CompressStreamOptions,
  type DecompressOptions,
  type DecompressStreamOptions,
} from './call-options.js';
import {
  archiveOf,
  archiveParts,
  arraysOf,
  isColumns,
  joinParts,
  listColumns,
  packColumns,
  storedColumns,
  unpackColumns,
  type ColumnInfo,
} from './columns/column-archive.js';
import type { Columns } from './columns/column.js';
import { inLanes } from './lanes.js';
import type { ColumnCodec } from './ports.js';
import { createCompressStream } from './stream/compress-stream.js';
import { createDecompressStream } from './stream/decompress-stream.js';
import { resolveOptions, type CompressorOptions } from './options.js';
import { pack, packSync, requirePackable, type Made, type Workshop } from './pack.js';
import { readFrameBytes, readSource } from './source.js';
import { StatisticsCounter, type CompressionStatistics, type Direction } from './statistics.js';
import { admit, unpack, unpackSync } from './unpack.js';
import { foreign, unpackForeign, unpackForeignSync } from './unpack-foreign.js';

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
  readonly #width: number;
  #closing: Promise<void> | undefined;
  readonly #statistics = new StatisticsCounter();
  readonly #events: Channel<CompressionEvent> = openEvents();

  /** Raises `OPTION` for an option that is unknown or out of range. */
  constructor(options?: CompressorOptions) {
    const resolved = resolveOptions(options);
    this.#engine = createEngine(resolved);
    const { codec, level, minBytes, maxOutputBytes } = resolved;
    const { codecs, foreign, checksum } = this.#engine;
    this.#shop = { codec, level, minBytes, maxOutputBytes, codecs, foreign, checksum };
    this.#width = resolved.concurrency;
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
   * `Uint8Array` it knows only that one of the content types comes back. The files of gzip and, where the host has it,
   * zstd are read as well; their content comes back as a `Uint8Array`, in memory of its own.
   * Raises any code but `OPTION`, `ABORTED` and `QUEUE_FULL`.
   */
  decompressSync<C extends Content>(frame: Frame<C>, options?: Omit<DecompressOptions, 'signal'>): C;
  decompressSync(frame: Uint8Array, options?: Omit<DecompressOptions, 'signal'>): Content;
  decompressSync(frame: Uint8Array, options?: Omit<DecompressOptions, 'signal'>): Content {
    return this.#onTheSpot('decompress', () => {
      const { allocate } = resolveDecompress(options);
      const bytes = readFrameBytes(frame);
      const other = foreign(bytes, this.#shop);
      if (other !== undefined) return unpackForeignSync(other, bytes, this.#shop);
      return unpackSync(admit(bytes, this.#shop), this.#shop, allocate);
    });
  }

  /**
   * Compresses off the event loop, in the order of the calls and at most `concurrency` at once.
   * Rejected with `OPTION`, `INPUT`, `DETACHED`, `TOO_LARGE`, `MEMORY`, `ABORTED`, `QUEUE_FULL` or `CLOSED`.
   */
  compress<T extends Compressible>(data: T, options?: CallOptions): Promise<Frame<Restored<T>>>;
  compress(data: Compressible, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTurn('compress', () => {
      const signal = resolveSignal(options);
      throwIfAborted(signal);
      const source = readSource(data);
      requirePackable(source, this.#shop);
      return { signal, work: () => pack(source, this.#shop, signal) };
    });
  }

  /** Restores off the event loop what a frame holds. Rejected with any code of `CompressionErrorCode`. */
  decompress<C extends Content>(frame: Frame<C>, options?: DecompressOptions): Promise<C>;
  decompress(frame: Uint8Array, options?: DecompressOptions): Promise<Content>;
  decompress(frame: Uint8Array, options?: DecompressOptions): Promise<Content> {
    return this.#inTurn('decompress', () => {
      const { allocate, signal } = resolveDecompress(options);
      throwIfAborted(signal);
      const bytes = readFrameBytes(frame);
      const other = foreign(bytes, this.#shop);
      if (other !== undefined) return { signal, work: () => unpackForeign(other, bytes, this.#shop, signal) };
      const admitted = admit(bytes, this.#shop);
      return { signal, work: () => unpack(admitted, this.#shop, { allocate, signal }) };
    });
  }

  /**
   * What the header of a frame says, and of a columnar frame which filters its blocks went through. The header's own
   * checksum and all lengths are verified; the payload is not, and of it only the beginnings of blocks are read.
   * Raises `INPUT`, `DETACHED`, `NOT_A_FRAME`, `VERSION`, `CODEC`, `ELEMENT_TYPE`, `CORRUPT` or `CLOSED`.
   */
  inspect(frame: Uint8Array): FrameDescription {
    this.#requireOpen();
    return describe(readFrameBytes(frame), this.#shop.checksum);
  }

  /**
   * Named columns as one archive: numbers as typed arrays, texts as arrays of strings and nulls or as Arrow lays them
   * out. Each column is compressed by itself, so that `decompressColumns` can read one without the others.
   * Rejected with `INPUT` for what is no column, and as `compress` is. Strings are read on the event loop.
   */
  async compressColumns(columns: Columns, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    return joinParts(await this.#columnParts(columns, options));
  }

  /** As `compressColumns`, on the spot. */
  compressColumnsSync(columns: Columns): Uint8Array<ArrayBuffer> {
    this.#requireOpen();
    const packed = packColumns(columns);
    const frames = arraysOf(packed).map((array) => this.compressSync(array));
    return joinParts(archiveParts(packed, frames, this.#shop.checksum));
  }

  /**
   * The columns of an archive, or only those that are named; the bytes of the others are not looked at.
   * Rejected with `INPUT` for a name that it does not have, with `NOT_A_FRAME`, `VERSION` or `CORRUPT` for what is no
   * archive, and as `decompress` is.
   */
  async decompressColumns(archive: Uint8Array, options: ColumnsCallOptions = {}): Promise<Columns> {
    this.#requireOpen();
    const { columns, ...call } = resolveColumnsCall(options);
    throwIfAborted(call.signal);
    const stored = storedColumns(readFrameBytes(archive), columns, this.#shop.checksum);
    const frames = stored.flatMap((column) => column.frames);
    return unpackColumns(
      stored,
      await inLanes(frames, this.#width, (frame, o) => this.decompress(frame, o), call),
    );
  }

  /** As `decompressColumns`, on the spot. */
  decompressColumnsSync(archive: Uint8Array, options: Omit<ColumnsCallOptions, 'signal'> = {}): Columns {
    this.#requireOpen();
    const { columns } = resolveColumnsCall(options);
    const stored = storedColumns(readFrameBytes(archive), columns, this.#shop.checksum);
    const frames = stored.flatMap((column) => column.frames);
    return unpackColumns(
      stored,
      frames.map((frame) => this.decompressSync(frame)),
    );
  }

  /** The columns that an archive has, by its index: nothing is decompressed. */
  inspectColumns(archive: Uint8Array): readonly ColumnInfo[] {
    this.#requireOpen();
    return listColumns(readFrameBytes(archive), this.#shop.checksum);
  }

  /**
   * A codec for values that are plain objects of columns, as caches take them: what it encodes to is the index and a
   * frame for each array. Other values are not its own: `encode` gives `undefined`.
   */
  columnCodec(): ColumnCodec {
    return {
      encode: async (value) => (isColumns(value) ? this.#columnParts(value, undefined) : undefined),
      decode: async (parts) => this.decompressColumns(archiveOf(parts)),
      decodeSync: (parts) => this.decompressColumnsSync(archiveOf(parts)),
    };
  }

  /**
   * A stream that takes bytes and gives a stream of frames, block by block: in bounded memory, off the event loop, with
   * backpressure. Any view of memory can be written to it; say `type` if the bytes are numbers. Raises `OPTION` or
   * `CLOSED`; the stream fails with `INPUT`, `DETACHED`, `ABORTED` and as `compress` does.
   */
  compressStream(options?: CompressStreamOptions): TransformStream<Uint8Array, Uint8Array> {
    this.#requireOpen();
    const { type, blockBytes, signal } = resolveCompressStream(options);
    return createCompressStream({
      type,
      blockBytes,
      signal,
      width: this.#width,
      checksum: this.#shop.checksum,
      compress: (block, o) => this.compress(block, o),
    });
  }

  /**
   * A stream that takes a stream of frames and gives the bytes of its content. It fails with `CORRUPT` and the position
   * of the block in `error.block` where one is damaged, unless `onDamage` hears of it: then the others are still read.
   */
  decompressStream(options?: DecompressStreamOptions): TransformStream<Uint8Array, Uint8Array> {
    this.#requireOpen();
    const { onDamage, maxOutputBytes, signal } = resolveDecompressStream(options, this.#shop.maxOutputBytes);
    return createDecompressStream({
      onDamage,
      maxOutputBytes,
      signal,
      width: this.#width,
      checksum: this.#shop.checksum,
      decompress: (frame, o) => this.decompress(frame, o),
    });
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

  async #columnParts(columns: Columns, options: CallOptions | undefined): Promise<Uint8Array[]> {
    this.#requireOpen();
    const signal = resolveSignal(options);
    throwIfAborted(signal);
    const packed = packColumns(columns);
    const frames = await inLanes(arraysOf(packed), this.#width, (array, o) => this.compress(array, o), {
      signal,
    });
    return archiveParts(packed, frames, this.#shop.checksum);
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
    prepare: () => { signal: AbortSignal | undefined; work: () => Promise<Made<R>> },
  ): Promise<R> {
    try {
      this.#requireOpen();
      const { signal, work } = prepare();
      return await this.#queue.run(async () => {
        const started = this.#startTime();
        return this.#completed(direction, started, await work());
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
