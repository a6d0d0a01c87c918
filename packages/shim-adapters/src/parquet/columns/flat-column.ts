import { shown } from '@perf/internal/errors';
import { requireAllocatable } from '@perf/internal/memory/ceiling';
import { ConversionError } from '../../errors.js';
import type { Column, Field } from '../../table/column.js';
import { broken } from '../broken.js';
import type { ParquetFile } from '../file.js';
import type { Codecs } from '../compression/codecs.js';
import type { ParquetFooter } from '../footer-reader.js';
import type { ByteWindow } from '../pages/byte-window.js';
import { ColumnChunk } from '../pages/column-chunk.js';
import { RunRoom } from '../pages/run-room.js';
import { storedTypeOf, type StoredType } from '../pages/stored-type.js';
import type { ParquetColumn } from '../parquet-schema.js';
import type { ParquetPeers } from '../peers.js';
import type { GroupPart, RowRange } from '../row-groups.js';
import { columnSinkOf, leastBytes, type ColumnSink } from './column-sink.js';

/** Where the bytes of a column come from. */
export interface ColumnSource {
  readonly file: ParquetFile;
  readonly footer: ParquetFooter;
  readonly groups: readonly RowRange[];
  readonly peers: ParquetPeers;
  readonly codecs: Codecs;
  /** What flat columns are read through, one after the other. */
  readonly window: ByteWindow;
  readonly maxFieldBytes: number;
}

/** A column gathered part by part, in row order. */
export interface GatheredColumn {
  /** @param row where the first row of the part goes */
  read(part: GroupPart, row: number): Promise<void>;
  /** The column, or its plain values when its type has no layout here. */
  finish(): Column | unknown[];
}

/** A column of plain values, decoded page by page straight into its layout. */
export class FlatColumn implements GatheredColumn {
  readonly #source: ColumnSource;
  readonly #column: ParquetColumn;
  readonly #stored: StoredType;
  readonly #sink: ColumnSink;
  readonly #room = new RunRoom();

  /** @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE` */
  constructor(source: ColumnSource, column: ParquetColumn, field: Field, rows: number) {
    this.#source = source;
    this.#column = column;
    try {
      this.#stored = storedTypeOf(column.element, field);
    } catch (cause) {
      throw broken(cause, column.name);
    }
    this.#sink = roomFor(field, rows, source.maxFieldBytes);
  }

  async read({ group, start, end }: GroupPart, row: number): Promise<void> {
    const { footer, groups, codecs, window } = this.#source;
    const first = groups[group]?.start ?? 0;
    const { name, leaf } = this.#column;
    try {
      const { rows = 0, chunks = [] } = footer.groups[group] ?? {};
      const chunk = chunks[leaf];
      if (chunk === undefined) throw new RangeError('is not in this file, or encrypted');
      if (chunk.path.length !== 1 || chunk.path[0] !== name) {
        throw new RangeError('is in another place than its schema says');
      }
      if (chunk.values !== rows) {
        throw new RangeError('has another number of values than its row group has rows');
      }
      const decompress = await codecs.decompress(chunk.codec);
      const pages = new ColumnChunk(window, chunk, this.#stored, decompress, this.#room);
      await pages.read(start - first, end - first, row, (page) => {
        this.#sink.add(page);
      });
    } catch (cause) {
      throw broken(cause, name);
    }
  }

  finish(): Column {
    try {
      return this.#sink.finish();
    } catch (cause) {
      throw broken(cause, this.#column.name);
    }
  }
}

function roomFor(field: Field, rows: number, maxFieldBytes: number): ColumnSink {
  try {
    requireAllocatable(leastBytes(field, rows));
    return columnSinkOf(field, rows, maxFieldBytes);
  } catch (cause) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_TOO_LARGE',
      `there is no memory for ${String(rows)} rows of column ${shown(field.name)}; select fewer with options.limit, or stream`,
      { cause },
    );
  }
}
