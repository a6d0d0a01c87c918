import { readFile } from 'node:fs/promises';
import type { StepContext } from '../define-adapter.js';
import { throwIfAborted } from '../errors.js';
import { fieldNotes } from '../parquet/field-notes.js';
import { noteTypeLoss } from '../parquet/writer.js';
import { noteRowLoss } from '../table/schema-loss.js';
import type { Column } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { identifier, isOwnOrSystem, literal, type Engine } from './engine.js';
import { physicalType } from './physical-type.js';
import { VectorWriter } from './vector-writer.js';

const INFINITE_DAYS = 2 ** 31 - 1;
const PER_MILLISECOND = 1000n;
const INFINITE_TICKS = 2n ** 63n - 1n;

/** Whether DuckDB writes a table to the same values, types and names as the writer in JavaScript. */
export function takesTable(table: ColumnTable): boolean {
  const { columns, names, metadata } = table;
  const folded = new Set(names.map((name) => name.toLowerCase()));
  const keys = new Set([...metadata.keys()].map((key) => key.toLowerCase()));
  return (
    columns.length > 0 &&
    folded.size === names.length &&
    keys.size === metadata.size &&
    ![...names, ...metadata.keys(), ...metadata.values()].some(
      (text) => text.includes('\0') || text === '',
    ) &&
    columns.every((column) => physicalType(column.field) !== undefined && keepsValues(column))
  );
}

/** Its dictionaries take 0 and -0 for one value, and its largest times are infinite. */
function keepsValues(column: Column): boolean {
  if (column.layout === 'decimal') return column.words === 2;
  if (column.layout !== 'fixed') return true;
  const { values, field } = column;
  if (values instanceof Float64Array || values instanceof Float32Array) {
    return !values.some((value) => Object.is(value, -0));
  }
  if (field.type === 'date' && values instanceof Int32Array) {
    return !values.some((value) => Math.abs(value) >= INFINITE_DAYS);
  }
  if (field.type === 'timestamp' && values instanceof BigInt64Array) {
    const limit = INFINITE_TICKS / (physicalType(field)?.widened === true ? PER_MILLISECOND : 1n);
    return !values.some((value) => value >= limit || value <= -limit);
  }
  return true;
}

/** Writes a table that {@link takesTable}; undefined when DuckDB refuses a value after all. */
export async function writeParquetFile(
  engine: Engine,
  table: ColumnTable,
  { losses, checkpoint, onProgress, signal }: StepContext,
): Promise<Uint8Array | undefined> {
  const path = engine.file('out.parquet');
  try {
    await append(engine, table, checkpoint, onProgress);
    await engine.connection.run(copyStatement(table, path));
  } catch (cause) {
    throwIfAborted(signal);
    if (isOwnOrSystem(cause)) throw cause;
    return undefined;
  }
  losses.total(table.length * table.columns.length);
  noteRowLoss(table, losses);
  for (const column of table.columns) noteTypeLoss(column, losses);
  const bytes = await readFile(path);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function append(
  { library: { api, bindings }, connection }: Engine,
  { columns: given, length }: ColumnTable,
  checkpoint: StepContext['checkpoint'],
  onProgress: StepContext['onProgress'],
): Promise<void> {
  const columns = given.map(asDuckDbHasIt);
  const declared = columns.map(({ field }, i) => `c${String(i)} ${physicalType(field)?.sql ?? ''}`);
  await connection.run(`CREATE TEMP TABLE t (${declared.join(', ')})`);
  const appender = await connection.createAppender('t');
  const types = columns.map((_, i) => appender.columnType(i));
  const writer = new VectorWriter(bindings);
  const step = bindings.vector_size();
  for (let from = 0; from < length; from += step) {
    checkpoint();
    const to = Math.min(length, from + step);
    const chunk = api.DuckDBDataChunk.create(types, to - from);
    for (const [i, column] of columns.entries()) {
      writer.write(column, bindings.data_chunk_get_vector(chunk.chunk, i), from, to);
    }
    appender.appendDataChunk(chunk);
    onProgress?.({ done: to, total: length, unit: 'rows' });
  }
  appender.closeSync();
}

function asDuckDbHasIt(column: Column): Column {
  if (column.layout !== 'fixed' || physicalType(column.field)?.widened !== true) return column;
  const { values } = column;
  if (!(values instanceof BigInt64Array)) return column;
  return { ...column, values: values.map((value) => value * PER_MILLISECOND) };
}

function copyStatement({ columns, fields, metadata }: ColumnTable, path: string): string {
  const selected = columns.map(({ field }, i) => {
    const column = `c${String(i)}`;
    const { type, precision = 38, scale = 0 } = field;
    const sized = `CAST(${column} AS DECIMAL(${String(precision)},${String(scale)}))`;
    return `${type === 'decimal' ? sized : column} AS ${identifier(field.name)}`;
  });
  const notes = fieldNotes(fields, {
    required: true,
    widened: (field) => physicalType(field)?.widened === true,
  });
  const pairs = [...metadata, ...(notes === undefined ? [] : [notes])];
  const written = pairs.map(([key, value]) => `${literal(key)}: ${literal(value)}`);
  const options = [
    'FORMAT parquet',
    'COMPRESSION snappy',
    ...(written.length === 0 ? [] : [`KV_METADATA {${written.join(', ')}}`]),
  ];
  return `COPY (SELECT ${selected.join(', ')} FROM t) TO ${literal(path)} (${options.join(', ')})`;
}
