import type { Transformer } from 'node:stream/web';
import { aborted, onAbort } from '../abort.js';
import type { Checksum } from '../checksum.js';
import type { Content } from '../element-type.js';
import { CompressionError, corrupt, type BlockPosition } from '../errors.js';
import { HEADER_BYTES, readHeader } from '../frame.js';
import { ByteQueue } from './byte-queue.js';
import { chunkBytes } from './chunk.js';
import {
  belongs,
  BLOCK_HEADER_BYTES,
  readBlockHeader,
  readStreamHeader,
  STREAM_HEADER_BYTES,
  type BlockHeader,
  type StreamInfo,
} from './layout.js';
import { Pipeline } from './pipeline.js';

/** What a decompressing stream works with. */
export interface DecompressStreamParts {
  /** The most bytes that the whole stream may give. */
  readonly maxOutputBytes: number;
  /** Blocks that are worked on at the same time. */
  readonly width: number;
  readonly checksum: Checksum;
  readonly signal: AbortSignal | undefined;
  /** Hears of a damaged block, which is then left out; without it damage ends the stream. */
  readonly onDamage: ((damage: CompressionError) => void) | undefined;
  readonly decompress: (frame: Uint8Array, o: { signal: AbortSignal | undefined }) => Promise<Content>;
}

/** A stream of frames in, the bytes of its content out. */
export function createDecompressStream(
  parts: DecompressStreamParts,
): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream(new BlockReader(parts));
}

type ReadBlock = Extract<BlockHeader, { kind: 'block' }>;

class BlockReader implements Transformer<Uint8Array, Uint8Array> {
  readonly #parts: DecompressStreamParts;
  readonly #queue = new ByteQueue();
  /** How many bytes were taken from the queue. */
  #offset = 0;
  #stream: StreamInfo | undefined;
  #block: ReadBlock | undefined;
  #end: Extract<BlockHeader, { kind: 'end' }> | undefined;
  #next = 0;
  #given = 0;
  #contentChecksum = 0;
  #whole = true;
  #pipeline = new Pipeline<Uint8Array | undefined>(0, () => undefined);
  #stopListening = (): void => undefined;

  constructor(parts: DecompressStreamParts) {
    this.#parts = parts;
  }

  start(controller: TransformStreamDefaultController<Uint8Array>): void {
    const { width, checksum, signal } = this.#parts;
    this.#pipeline = new Pipeline(width, (content) => {
      if (content === undefined) return;
      this.#contentChecksum = checksum(content, this.#contentChecksum);
      controller.enqueue(content);
    });
    const stop = (): void => {
      controller.error(aborted(signal));
    };
    if (signal?.aborted === true) stop();
    else this.#stopListening = onAbort(signal, stop);
  }

  async transform(chunk: Uint8Array): Promise<void> {
    try {
      // A copy: the writer may use its memory again while what is incomplete waits here.
      this.#queue.push(chunkBytes(chunk).slice());
      while (this.#queue.length >= this.#needed()) await this.#step();
    } catch (error) {
      this.#stopListening();
      throw error;
    }
  }

  async flush(): Promise<void> {
    try {
      await this.#pipeline.drain();
      if (this.#end === undefined)
        throw corrupt(`the stream is cut short after ${String(this.#offset)} bytes`);
      if (this.#end.blocks !== this.#next) {
        throw corrupt(`the stream ends after ${String(this.#next)} of ${String(this.#end.blocks)} blocks`);
      }
      if (this.#whole && this.#end.contentChecksum !== this.#contentChecksum) {
        throw corrupt('the stream is not what was written: the checksum of its content does not fit');
      }
    } finally {
      this.#stopListening();
    }
  }

  /** Of hosts that tell: the reader wants no more. */
  cancel(): void {
    this.#stopListening();
  }

  /** How many bytes the next step takes. */
  #needed(): number {
    if (this.#end !== undefined) return 1;
    if (this.#block !== undefined) return this.#block.frameBytes;
    return this.#stream === undefined ? STREAM_HEADER_BYTES : BLOCK_HEADER_BYTES;
  }

  async #step(): Promise<void> {
    const { checksum } = this.#parts;
    if (this.#end !== undefined) throw corrupt('bytes follow the end of the stream');
    const bytes = this.#queue.take(this.#needed());
    const offset = this.#offset;
    this.#offset += bytes.byteLength;
    if (this.#stream === undefined) this.#stream = readStreamHeader(bytes, checksum);
    else if (this.#block === undefined) this.#begin(this.#stream, readBlockHeader(bytes, checksum), offset);
    else {
      const block = this.#block;
      this.#block = undefined;
      const position = { index: block.index, offset: offset - BLOCK_HEADER_BYTES };
      await this.#pipeline.add(this.#content(this.#stream, block, bytes, position));
    }
  }

  #begin({ blockBytes }: StreamInfo, header: BlockHeader, offset: number): void {
    if (header.kind === 'end') {
      this.#end = header;
      return;
    }
    const { index, frameBytes } = header;
    const position = { index, offset };
    if (frameBytes < HEADER_BYTES || frameBytes > blockBytes + HEADER_BYTES) {
      throw at(position, corrupt(`a frame of ${String(frameBytes)} bytes is none of this stream`));
    }
    if (index !== this.#next) {
      this.#report(at(position, corrupt(`it stands where block ${String(this.#next)} should be`)));
    }
    this.#next = index + 1;
    this.#block = header;
  }

  /** What a block holds, or nothing where it is damaged and somebody wants to hear of it. */
  async #content(
    stream: StreamInfo,
    block: ReadBlock,
    frame: Uint8Array,
    position: BlockPosition,
  ): Promise<Uint8Array | undefined> {
    const { checksum, signal, decompress } = this.#parts;
    try {
      if (!belongs(frame, block, checksum)) throw corrupt('its frame is another than its header says');
      const { type, contentBytes } = readHeader(frame, checksum);
      if (type !== stream.type || contentBytes > stream.blockBytes)
        throw corrupt('its frame is none of this stream');
      this.#given += contentBytes;
      if (this.#given > this.#parts.maxOutputBytes) throw tooLarge(this.#parts.maxOutputBytes);
      const content = await decompress(frame, { signal });
      return content instanceof ArrayBuffer ? new Uint8Array(content) : bytesOf(content);
    } catch (error) {
      if (!(error instanceof CompressionError) || !DAMAGE.includes(error.code)) throw error;
      this.#report(at(position, error));
      return undefined;
    }
  }

  #report(damage: CompressionError): void {
    if (this.#parts.onDamage === undefined) throw damage;
    this.#whole = false;
    this.#parts.onDamage(damage);
  }
}

const DAMAGE: readonly string[] = [
  'ERR_PERF_COMPRESSION_CORRUPT',
  'ERR_PERF_COMPRESSION_NOT_A_FRAME',
  'ERR_PERF_COMPRESSION_VERSION',
  'ERR_PERF_COMPRESSION_CODEC',
  'ERR_PERF_COMPRESSION_ELEMENT_TYPE',
];

function at(block: BlockPosition, error: CompressionError): CompressionError {
  const place = `block ${String(block.index)} at byte ${String(block.offset)} of the stream`;
  return new CompressionError(error.code, `${place}: ${error.message}`, { cause: error, block });
}

function bytesOf(content: ArrayBufferView): Uint8Array {
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}

function tooLarge(maxOutputBytes: number): CompressionError {
  return new CompressionError(
    'ERR_PERF_COMPRESSION_TOO_LARGE',
    `the stream holds more than maxOutputBytes (${String(maxOutputBytes)})`,
  );
}
