import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { StepContext } from '../define-adapter.js';
import { throwIfAborted } from '../errors.js';
import type { NativeColumns } from '../parquet/reader.js';
import type { RowRange } from '../parquet/row-groups.js';
import type { Column, Field } from '../table/column.js';
import { identifier, isOwnOrSystem, literal, type Engine } from './engine.js';
import { physicalType } from './physical-type.js';
import { VectorReader } from './vector-reader.js';

/** Rows of one statement, at most: what DuckDB holds of a file at a time. */
const STATEMENT_ROWS = 2 ** 19;

/**
 * Columns of a Parquet file by DuckDB: the same values as the reader in JavaScript gives. A row group comes as one list
 * a column, and texts as one text with their lengths: fetched in vectors of 2,048 rows, and text by text, it would take
 * longer than reading the file in JavaScript.
 */
export class DuckDbColumns implements NativeColumns {
  readonly #engine: Engine;
  readonly #file: string;

  /** @param path a path that stands for one file: no pattern, no address */
  constructor(engine: Engine, path: string) {
    this.#engine = engine;
    // Without the option, folders such as `a=1` on the way would be taken for columns.
    this.#file = `read_parquet(${literal(path)}, file_row_number = true, hive_partitioning = false)`;
  }

  takes(field: Field): boolean {
    // DuckDB widens milliseconds to microseconds, which not every time survives, and joins no bytes.
    return (
      physicalType(field) !== undefined &&
      field.unit !== 'millisecond' &&
      field.type !== 'null' &&
      field.type !== 'binary'
    );
  }

  async read(
    fields: readonly Field[],
    groups: readonly RowRange[],
    { checkpoint, onProgress, signal }: StepContext,
  ): Promise<readonly Column[] | undefined> {
    const { bindings } = this.#engine.library;
    const total = groups.reduce((sum, { start, end }) => sum + end - start, 0);
    const readers = fields.map((field) => new VectorReader(bindings, field, total));
    try {
      if (!(await this.#storesAsExpected(fields))) return undefined;
      let done = 0;
      for (const range of groups.flatMap(statementRanges)) {
        checkpoint();
        const chunk = await this.#lists(fields, range);
        if (!this.#inOrder(chunk, range)) return undefined;
        readers.forEach((reader, i) => {
          const values = bindings.data_chunk_get_vector(chunk.chunk, 1 + 2 * i);
          const joined = bindings.data_chunk_get_vector(chunk.chunk, 2 + 2 * i);
          reader.add({ values: bindings.list_vector_get_child(values), joined }, range.end - range.start);
        });
        done += range.end - range.start;
        onProgress?.({ done, total, unit: 'rows' });
      }
    } catch (cause) {
      throwIfAborted(signal);
      if (isOwnOrSystem(cause)) throw cause;
      return undefined;
    }
    const columns = readers.map((reader) => reader.finish());
    return columns.every((column) => column !== undefined) ? columns : undefined;
  }

  /** Whether DuckDB reads the columns as the types that the footer tells. */
  async #storesAsExpected(fields: readonly Field[]): Promise<boolean> {
    const names = fields.map(({ name }) => identifier(name));
    const result = await this.#engine.connection.run(`SELECT ${names.join(', ')} FROM ${this.#file} LIMIT 0`);
    return fields.every(
      (field, i) => field.type === 'decimal' || result.columnType(i).toString() === physicalType(field)?.sql,
    );
  }

  async #lists(fields: readonly Field[], { start, end }: RowRange): Promise<DuckDBDataChunk> {
    const lists = fields.flatMap((field) => {
      const column = identifier(field.name);
      const physical = physicalType(field);
      if (physical?.kind === 'bytes') return [`list(strlen(${column}))`, `string_agg(${column}, '')`];
      const stored = physical?.kind === 'decimal' ? `CAST(${column} AS ${physical.sql})` : column;
      return [`list(${stored})`, `''`];
    });
    const result = await this.#engine.connection.run(
      `SELECT list(file_row_number), ${lists.join(', ')} ` +
        `FROM ${this.#file} ` +
        `WHERE file_row_number >= ${String(start)} AND file_row_number < ${String(end)}`,
    );
    return result.getChunk(0);
  }

  /** A row group is read by one thread and comes in order; nothing but the row numbers promises it. */
  #inOrder({ chunk }: DuckDBDataChunk, { start, end }: RowRange): boolean {
    const { bindings } = this.#engine.library;
    const vector = bindings.data_chunk_get_vector(chunk, 0);
    const count = end - start;
    if (bindings.list_vector_get_size(vector) !== count) return false;
    const bytes = bindings.vector_get_data(bindings.list_vector_get_child(vector), count * 8);
    const rows = new BigInt64Array(bytes.buffer, bytes.byteOffset, count);
    return rows.every((row, i) => Number(row) === start + i);
  }
}

function statementRanges({ start, end }: RowRange): RowRange[] {
  const pieces = Math.ceil((end - start) / STATEMENT_ROWS);
  return Array.from({ length: pieces }, (_, i) => {
    const from = start + i * STATEMENT_ROWS;
    return { start: from, end: Math.min(end, from + STATEMENT_ROWS) };
  });
}
