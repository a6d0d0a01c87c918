import { ConversionError } from '../errors.js';
import { shown } from '@perf/internal/errors';
import { columnBuffers, type Column, type Field } from './column.js';
import { sliceColumn } from './column-slice.js';
import { setOwn, type Row } from './row.js';
import { valueReader, type ReadOptions } from './value.js';

/**
 * A table of typed columns: the hub through which every format is reached. Immutable by convention: tables share
 * the memory of their columns, so whoever writes into a column's array writes into every table that holds it.
 */
export class ColumnTable {
  readonly columns: readonly Column[];
  readonly length: number;
  /** Key/value pairs that came with the data (the schema metadata of Arrow and Parquet files). */
  readonly metadata: ReadonlyMap<string, string>;
  readonly #byName: ReadonlyMap<string, Column>;

  /**
   * @param length needed only when there are no columns.
   * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` when names repeat or lengths differ.
   */
  constructor(columns: readonly Column[], length?: number, metadata?: ReadonlyMap<string, string>) {
    const rows = length ?? columns[0]?.length ?? 0;
    const byName = new Map<string, Column>();
    for (const column of columns) {
      const { name } = column.field;
      if (byName.has(name)) throw badTable(`two columns are called ${shown(name)}; names must be unique`);
      if (column.length !== rows) {
        throw badTable(
          `column ${shown(name)} has ${String(column.length)} values, the table ${String(rows)}; lengths must agree`,
        );
      }
      byName.set(name, column);
    }
    this.columns = columns;
    this.length = rows;
    this.metadata = metadata ?? new Map();
    this.#byName = byName;
  }

  get fields(): readonly Field[] {
    return this.columns.map((column) => column.field);
  }

  get names(): readonly string[] {
    return this.columns.map((column) => column.field.name);
  }

  /** The column of that name.
   * @throws ConversionError `ERR_PERF_CONVERT_NO_COLUMN` */
  column(name: string): Column {
    const column = this.#byName.get(name);
    if (column !== undefined) return column;
    throw new ConversionError(
      'ERR_PERF_CONVERT_NO_COLUMN',
      `there is no column ${shown(name)}; the columns are ${listed(this.names)}`,
    );
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The named columns, in that order, sharing memory with this table. */
  select(names: readonly string[]): ColumnTable {
    return new ColumnTable(
      names.map((name) => this.column(name)),
      this.length,
      this.metadata,
    );
  }

  /** Rows `start..end` (end excluded, both clamped), sharing memory with this table. */
  slice(start: number, end: number = this.length): ColumnTable {
    const from = Math.min(Math.max(0, start), this.length);
    const to = Math.min(Math.max(from, end), this.length);
    if (from === 0 && to === this.length) return this;
    return new ColumnTable(
      this.columns.map((column) => sliceColumn(column, from, to)),
      to - from,
      this.metadata,
    );
  }

  /** Every row as an object. Every cell becomes a value of its own: use it at the edge, not on the way. */
  rows(options?: ReadOptions): Row[] {
    const readers = this.columns.map((column) => ({
      name: column.field.name,
      read: valueReader(column, options),
    }));
    return Array.from({ length: this.length }, (_, index) => {
      const row: Row = {};
      for (const { name, read } of readers) setOwn(row, name, read(index));
      return row;
    });
  }

  /** Bytes of all buffers that the columns use. Memory shared by two columns is counted once. */
  get byteLength(): number {
    const seen = new Map<ArrayBufferLike, Set<string>>();
    let bytes = 0;
    for (const { buffer, byteOffset, byteLength } of this.columns.flatMap(columnBuffers)) {
      const places = seen.get(buffer) ?? new Set();
      seen.set(buffer, places);
      const place = `${String(byteOffset)}+${String(byteLength)}`;
      if (!places.has(place)) bytes += byteLength;
      places.add(place);
    }
    return bytes;
  }
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 20).map((name) => `'${name}'`);
  return names.length > 20 ? `${first.join(', ')} and ${String(names.length - 20)} more` : first.join(', ');
}

function badTable(message: string): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', message);
}
