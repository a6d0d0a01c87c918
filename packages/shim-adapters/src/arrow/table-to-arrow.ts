import type { Batch, Column as ArrowColumn, Table } from '@uwdata/flechette';
import { ConversionError } from '../errors.js';
import type { Column, TextColumn } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { toArrowType, type ArrowType, type Flechette } from './arrow-type.js';

const NO_BYTES = new Uint8Array(0);
/** The canonical extension type for JSON kept as text. */
const JSON_EXTENSION: [string, string][] = [['ARROW:extension:name', 'arrow.json']];

/** An Arrow table over the same buffers: nothing is copied, so it costs a few objects a column. */
export function tableToArrow(f: Flechette, table: ColumnTable): Table {
  const columns = table.columns.map((column) => arrowColumn(f, column));
  const fields = table.columns.map(({ field }, i) => ({
    ...f.field(field.name, columns[i]?.type ?? f.nullType(), true),
    metadata: new Map(field.type === 'json' ? JSON_EXTENSION : []),
  }));
  const schema = {
    version: f.Version.V5,
    endianness: f.Endianness.Little,
    fields,
    metadata: new Map(table.metadata),
  };
  return new f.Table(schema, columns);
}

function arrowColumn(f: Flechette, column: Column): ArrowColumn<unknown> {
  if (column.layout === 'dictionary') return dictionaryColumn(f, column);
  const type = toArrowType(f, column.field);
  return batchColumn(f, type, column, buffersOf(column));
}

interface Buffers {
  readonly values: Extract<Column, { layout: 'fixed' | 'bits' }>['values'] | Uint8Array;
  readonly offsets?: Int32Array;
}

function buffersOf(column: Exclude<Column, { layout: 'dictionary' }>): Buffers {
  if (column.layout === 'null') return { values: NO_BYTES };
  if (column.layout === 'text') return textBuffers(column);
  return column.layout === 'fixed' || column.layout === 'bits'
    ? { values: column.values }
    : { values: NO_BYTES };
}

/** Arrow files begin text at offset 0, so a slice's offsets are moved there. */
function textBuffers({ offsets, bytes, length }: TextColumn): Required<Buffers> {
  const start = offsets[0] ?? 0;
  const end = offsets[length] ?? start;
  if (start === 0) return { offsets, values: bytes.subarray(0, end) };
  return { offsets: offsets.map((offset) => offset - start), values: bytes.subarray(start, end) };
}

function batchColumn(f: Flechette, type: ArrowType, column: Column, buffers: Buffers): ArrowColumn<unknown> {
  const batch = new (batchClass(f, type))({
    length: column.length,
    nullCount: column.nullCount,
    type,
    validity: column.validity ?? NO_BYTES,
    ...buffers,
  });
  return new f.Column<unknown>([batch], type);
}

function dictionaryColumn(
  f: Flechette,
  column: Extract<Column, { layout: 'dictionary' }>,
): ArrowColumn<unknown> {
  const entries = arrowColumn(f, column.dictionary);
  // The encoder finds a dictionary by its type object, so it must be the entries' own.
  const type = f.dictionary(entries.type, f.int32());
  const batch = new (batchClass(f, type))({
    length: column.length,
    nullCount: column.nullCount,
    type,
    validity: column.validity ?? NO_BYTES,
    values: column.indices,
  });
  if (takesDictionary(batch)) batch.setDictionary(entries);
  return new f.Column<unknown>([batch], type);
}

type BatchClass = new (options: ConstructorParameters<typeof Batch>[0]) => Batch<unknown>;

/** The class of a type's batches. 64-bit integers stay bigint: the default conversion throws beyond 2^53. */
function batchClass(f: Flechette, type: ArrowType): BatchClass {
  const found: unknown = f.batchType(type, { useBigInt: true });
  if (isBatchClass(found)) return found;
  throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'the Arrow library has no batch class for this type');
}

function isBatchClass(value: unknown): value is BatchClass {
  return typeof value === 'function';
}

function takesDictionary(batch: object): batch is { setDictionary(entries: ArrowColumn<unknown>): void } {
  return 'setDictionary' in batch;
}
