import { throwIfAborted } from '../errors.js';
import type { StepContext } from '../define-adapter.js';
import type { NativeColumns } from '../parquet/reader.js';
import type { Column, Field } from '../table/column.js';
import { identifier, literal, type Engine } from './engine.js';
import { physicalType } from './physical-type.js';
import { VectorReader } from './vector-reader.js';

/** Columns of a Parquet file by DuckDB: the same values as the reader in JavaScript gives. */
export class DuckDbColumns implements NativeColumns {
  readonly #engine: Engine;
  readonly #path: string;

  constructor(engine: Engine, path: string) {
    this.#engine = engine;
    this.#path = path;
  }

  takes(field: Field): boolean {
    return readableType(field) !== undefined;
  }

  async read(
    fields: readonly Field[],
    start: number,
    end: number,
    { checkpoint, onProgress, signal }: StepContext,
  ): Promise<readonly Column[] | undefined> {
    const { connection, library } = this.#engine;
    const total = end - start;
    const selected = fields.map((field) => readableType(field)?.(identifier(field.name)) ?? 'NULL');
    const readers = fields.map((field) => new VectorReader(library.bindings, field, total));
    try {
      const result = await connection.stream(
        `SELECT ${selected.join(', ')} FROM read_parquet(${literal(this.#path)}) LIMIT ${String(total)} OFFSET ${String(start)}`,
      );
      const asStored = fields.every(
        (field, i) => result.columnType(i).toString() === physicalType(field)?.sql,
      );
      if (!asStored) return undefined;
      let done = 0;
      for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
        if (chunk.rowCount === 0) break;
        for (const [i, reader] of readers.entries()) {
          reader.add(library.bindings.data_chunk_get_vector(chunk.chunk, i), chunk.rowCount);
        }
        done += chunk.rowCount;
        checkpoint();
        onProgress?.({ done: Math.min(done, total), total, unit: 'rows' });
      }
    } catch (cause) {
      throwIfAborted(signal);
      if (!(cause instanceof Error) || 'code' in cause) throw cause;
      return undefined;
    }
    const columns = readers.map((reader) => reader.finish());
    return columns.every((column) => column !== undefined) ? columns : undefined;
  }
}

/** How SQL asks for a column so that its vector holds what is stored. */
function readableType(field: Field): ((column: string) => string) | undefined {
  const physical = physicalType(field);
  if (physical === undefined || field.type === 'null') return undefined;
  // DuckDB widens milliseconds to microseconds, which not every time survives.
  if (field.unit === 'millisecond') return undefined;
  return physical.kind === 'decimal' ? (column) => `CAST(${column} AS ${physical.sql})` : (column) => column;
}
