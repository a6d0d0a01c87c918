import type { DecodedArray, ParquetParsers } from 'hyparquet';
import { broken } from '../broken.js';
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
  readonly #name: string;
  readonly #values: unknown[];
  #taken = 0;

  constructor(source: ColumnSource, name: string, rows: number) {
    this.#source = source;
    this.#name = name;
    this.#values = new Array<unknown>(rows).fill(null);
  }

  async read(part: GroupPart, row: number): Promise<void> {
    const { library, file, metadata } = this.#source;
    let failed: unknown;
    const take = (data: DecodedArray, first: number): void => {
      const from = Math.max(0, part.start - first);
      const to = Math.min(data.length, part.end - first);
      let at = row + Math.max(first, part.start) - part.start;
      for (let i = from; i < to; i++) this.#values[at++] = data[i];
      this.#taken += Math.max(0, to - from);
    };
    try {
      await library.parquet.parquetRead({
        file,
        metadata,
        compressors: library.compressors,
        parsers: RAW_PARSERS,
        utf8: false,
        columns: [this.#name],
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
    throw broken(`has ${String(this.#taken)} of ${String(rows)} values`, this.#name);
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
