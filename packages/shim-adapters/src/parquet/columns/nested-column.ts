import type { Compressors, DecodedArray, FileMetaData, ParquetParsers } from 'hyparquet';
import { broken } from '../broken.js';
import type { ParquetColumn } from '../parquet-schema.js';
import type { GroupPart } from '../row-groups.js';
import type { ColumnSource, GatheredColumn } from './flat-column.js';

/** What nested values hold comes as it is; nothing passes through a rounded Date. */
const RAW_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  stringFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
  jsonFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
};

/** A column of lists, structs or maps, put together by the peer as JavaScript values. */
export class NestedColumn implements GatheredColumn {
  readonly #source: ColumnSource;
  readonly #column: ParquetColumn;
  readonly #values: unknown[];
  #metadata: FileMetaData | undefined;
  #taken = 0;

  constructor(source: ColumnSource, column: ParquetColumn, rows: number) {
    this.#source = source;
    this.#column = column;
    this.#values = new Array<unknown>(rows).fill(null);
  }

  async read(part: GroupPart, row: number): Promise<void> {
    const { file, peers } = this.#source;
    const parquet = await peers.nested();
    let failed: unknown;
    const take = (data: DecodedArray, first: number): void => {
      const from = Math.max(0, part.start - first);
      const to = Math.min(data.length, part.end - first);
      let at = row + Math.max(first, part.start) - part.start;
      for (let i = from; i < to; i++) this.#values[at++] = data[i];
      this.#taken += Math.max(0, to - from);
    };
    try {
      this.#metadata ??= await parquet.parquetMetadataAsync(file);
      await parquet.parquetRead({
        file,
        metadata: this.#metadata,
        compressors: await this.#compressors(part.group),
        parsers: RAW_PARSERS,
        utf8: false,
        columns: [this.#column.name],
        rowStart: part.start,
        rowEnd: part.end,
        onChunk({ columnData, rowStart }) {
          // What is thrown here would end the process as an unhandled rejection.
          try {
            take(columnData, rowStart);
          } catch (cause) {
            failed ??= cause;
          }
        },
      });
    } catch (cause) {
      failed ??= cause;
    }
    if (failed !== undefined) throw broken(failed);
  }

  finish(): unknown[] {
    const rows = this.#values.length;
    if (this.#taken === rows) return this.#values;
    throw broken(`has ${String(this.#taken)} of ${String(rows)} values`, this.#column.name);
  }

  async #compressors(group: number): Promise<Compressors> {
    const { footer, codecs } = this.#source;
    const { leaf, leaves } = this.#column;
    const chunks = footer.groups[group]?.chunks.slice(leaf, leaf + leaves) ?? [];
    const compressors: Compressors = {};
    for (const codec of new Set(chunks.map((chunk) => chunk?.codec))) {
      if (codec === undefined) continue;
      const decompress = await codecs.decompress(codec);
      // The values of one page are views into it while others are decompressed.
      compressors[codec] = (stored, length) => decompress(stored, length).slice();
    }
    return compressors;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
