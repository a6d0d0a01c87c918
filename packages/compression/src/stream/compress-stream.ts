import type { Transformer } from 'node:stream/web';
import { aborted, onAbort } from '../abort.js';
import type { Checksum } from '../checksum.js';
import { restore, rowOf, type Compressible, type ContentType } from '../element-type.js';
import { CompressionError } from '../errors.js';
import { chunkBytes } from './chunk.js';
import { writeBlockHeader, writeEnd, writeStreamHeader } from './layout.js';
import { Pipeline } from './pipeline.js';

/** What a compressing stream works with. */
export interface CompressStreamParts {
  readonly type: ContentType;
  /** Bytes of content in every block but the last; a whole number of elements. */
  readonly blockBytes: number;
  /** Blocks that are worked on at the same time. */
  readonly width: number;
  readonly checksum: Checksum;
  readonly signal: AbortSignal | undefined;
  readonly compress: (block: Compressible, o: { signal: AbortSignal | undefined }) => Promise<Uint8Array>;
}

/** Bytes in, a stream of frames out: see layout.ts. */
export function createCompressStream(parts: CompressStreamParts): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream(new BlockWriter(parts));
}

class BlockWriter implements Transformer<Uint8Array, Uint8Array> {
  readonly #parts: CompressStreamParts;
  #block: Uint8Array<ArrayBuffer>;
  #filled = 0;
  #blocks = 0;
  #contentChecksum = 0;
  #pipeline = new Pipeline<Uint8Array>(0, () => undefined);
  #stopListening = (): void => undefined;

  constructor(parts: CompressStreamParts) {
    this.#parts = parts;
    this.#block = new Uint8Array(parts.blockBytes);
  }

  start(controller: TransformStreamDefaultController<Uint8Array>): void {
    const { width, checksum, signal } = this.#parts;
    let index = 0;
    this.#pipeline = new Pipeline(width, (frame) => {
      controller.enqueue(writeBlockHeader(index, frame, checksum));
      controller.enqueue(frame);
      index += 1;
    });
    const stop = (): void => {
      controller.error(aborted(signal));
    };
    if (signal?.aborted === true) {
      stop();
      return;
    }
    this.#stopListening = onAbort(signal, stop);
    controller.enqueue(writeStreamHeader(this.#parts, checksum));
  }

  async transform(chunk: Uint8Array): Promise<void> {
    try {
      let rest = chunkBytes(chunk);
      while (rest.byteLength > 0) {
        const part = rest.subarray(0, this.#block.byteLength - this.#filled);
        this.#block.set(part, this.#filled);
        this.#filled += part.byteLength;
        rest = rest.subarray(part.byteLength);
        if (this.#filled === this.#block.byteLength) await this.#ship();
      }
    } catch (error) {
      this.#stopListening();
      throw error;
    }
  }

  async flush(controller: TransformStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const { type, checksum } = this.#parts;
      if (this.#filled % rowOf(type).elementBytes !== 0) {
        throw new CompressionError(
          'ERR_PERF_COMPRESSION_INPUT',
          `the stream ended in the middle of an element: its bytes are not a whole number of ${type} elements`,
        );
      }
      if (this.#filled > 0) await this.#ship();
      await this.#pipeline.drain();
      controller.enqueue(writeEnd(this.#blocks, this.#contentChecksum, checksum));
    } finally {
      this.#stopListening();
    }
  }

  /** Of hosts that tell: the reader wants no more. */
  cancel(): void {
    this.#stopListening();
  }

  async #ship(): Promise<void> {
    const { type, checksum, signal, blockBytes, compress } = this.#parts;
    const content = this.#filled === blockBytes ? this.#block : this.#block.slice(0, this.#filled);
    this.#contentChecksum = checksum(content, this.#contentChecksum);
    this.#block = new Uint8Array(blockBytes);
    this.#filled = 0;
    this.#blocks += 1;
    await this.#pipeline.add(compress(restore(type, content), { signal }));
  }
}
