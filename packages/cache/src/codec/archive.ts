import { crc32 } from 'node:zlib';
import { type BlockCoder } from './block-coder.js';
import { unshuffled } from './byte-shuffle.js';
import { damaged, openHeader, type BlockRecord, type Header, type SourceRecord } from './header.js';
import { valueOf } from './record-plan.js';
import { memorySink, textSink, type Sink } from './source.js';

/** One block that is to be restored. */
export interface Job {
  readonly part: Uint8Array;
  readonly record: BlockRecord;
  /** Whether it was kept as it was. */
  readonly stored: boolean;
  /** Takes it decompressed. */
  readonly put: (bytes: Uint8Array) => void;
}

/** A compressed value that is being restored. Every block has a checksum: of its compressed form, which is the smaller. */
export class Archive {
  readonly #header: Header;
  readonly #parts: readonly Uint8Array[];
  readonly #sinks: readonly Sink[];

  constructor(parts: readonly Uint8Array[], coder: BlockCoder) {
    this.#header = openHeader(parts[0], coder);
    this.#parts = parts;
    const expected = this.#header.sources.reduce((count, { blocks }) => count + blocks.length, 1);
    if (parts.length !== expected) {
      throw new Error(`a compressed value has ${String(expected)} parts; given ${String(parts.length)}`);
    }
    this.#sinks = this.#header.sources.map(sinkFor);
  }

  /** The blocks in order; a damaged one throws when it is its turn. */
  *jobs(): Generator<Job, void, undefined> {
    let index = 0;
    for (const [i, { filter, blocks }] of this.#header.sources.entries()) {
      for (const [block, record] of blocks.entries()) {
        index += 1;
        const part = this.#parts[index];
        if (part === undefined || crc32(part) !== record.crc) throw damaged(index);
        const put = (bytes: Uint8Array): void => {
          this.#sinks[i]?.put(block, unshuffled(bytes, record.width, filter));
        };
        yield { part, record, stored: part.byteLength === record.bytes, put };
      }
    }
  }

  /** The value, once every block is there. */
  value(): unknown {
    const contents = this.#sinks.map((sink) => sink.content());
    return valueOf(this.#header.tree, contents);
  }
}

function sinkFor({ text, length, blocks }: SourceRecord): Sink {
  return text ? textSink(blocks.map(({ width }) => width)) : memorySink(length);
}
