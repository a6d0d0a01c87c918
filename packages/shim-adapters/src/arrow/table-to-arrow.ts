import type { Batch, Column as ArrowColumn, Table } from '@uwdata/flechette';
import { ConversionError } from '../errors.js';
import type { Column, Field, TextColumn } from '../table/column.js';
import { sliceColumn } from '../table/column-slice.js';
import type { ColumnTable } from '../table/column-table.js';
import { TIME_UNITS, type ArrowType, type Flechette } from './arrow-type.js';

const NO_BYTES = new Uint8Array(0);
/** The canonical extension type for JSON kept as text. */
const JSON_EXTENSION: readonly (readonly [string, string])[] = [['ARROW:extension:name', 'arrow.json']];

/** An Arrow table over the same buffers: nothing is copied, so it costs a few objects a column. */
export function tableToArrow(f: Flechette, table: ColumnTable): Table {
  const parts = table.columns.map((column) => arrowBatch(f, column));
  const fields = table.columns.map(({ field }, i) => arrowField(f, field, parts[i]?.type ?? f.nullType()));
  const schema = {
    version: f.Version.V5,
    endianness: f.Endianness.Little,
    fields,
    metadata: new Map(table.metadata),
  };
  return new f.Table(
    schema,
    parts.map((batch) => new f.Column<unknown>([batch], batch.type)),
  );
}

function arrowField(f: Flechette, field: Field, type: ArrowType): ReturnType<Flechette['field']> {
  const metadata = new Map([...(field.metadata ?? []), ...(field.type === 'json' ? JSON_EXTENSION : [])]);
  return { ...f.field(field.name, type, field.nullable !== false), metadata };
}

function arrowBatch(f: Flechette, column: Column): Batch<unknown> {
  switch (column.layout) {
    case 'null':
      return batchOf(f, f.nullType(), column, { values: NO_BYTES });
    case 'bits':
      return batchOf(f, f.bool(), column, { values: column.values });
    case 'fixed':
      return batchOf(f, fixedType(f, column.field), column, { values: column.values });
    case 'decimal': {
      const { precision = 38, scale = 0 } = column.field;
      return batchOf(f, f.decimal(precision, scale, column.words === 4 ? 256 : 128), column, {
        values: column.values,
      });
    }
    case 'text':
      return batchOf(f, column.field.type === 'binary' ? f.binary() : f.utf8(), column, fromZero(column));
    case 'dictionary':
      return dictionaryBatch(f, column);
    case 'list': {
      const first = column.offsets[0] ?? 0;
      const last = column.offsets[column.length] ?? first;
      const whole = first === 0 && last === column.child.length;
      const child = arrowBatch(f, whole ? column.child : sliceColumn(column.child, first, last));
      const offsets = first === 0 ? column.offsets : column.offsets.map((offset) => offset - first);
      const type = f.list(arrowField(f, column.child.field, child.type));
      return batchOf(f, type, column, { values: NO_BYTES, offsets, children: [child] });
    }
    case 'struct': {
      const children = column.children.map((child) => arrowBatch(f, child));
      const fields = column.children.map(({ field }, i) =>
        arrowField(f, field, children[i]?.type ?? f.nullType()),
      );
      return batchOf(f, f.struct(fields), column, { values: NO_BYTES, children });
    }
  }
}

function fixedType(f: Flechette, { type, unit = 'millisecond', timezone }: Field): ArrowType {
  switch (type) {
    case 'int8':
      return f.int8();
    case 'int16':
      return f.int16();
    case 'int32':
      return f.int32();
    case 'int64':
      return f.int64();
    case 'uint8':
      return f.uint8();
    case 'uint16':
      return f.uint16();
    case 'uint32':
      return f.uint32();
    case 'uint64':
      return f.uint64();
    case 'float32':
      return f.float32();
    case 'date':
      return f.dateDay();
    case 'timestamp': {
      const { SECOND, MILLISECOND, MICROSECOND, NANOSECOND } = f.TimeUnit;
      const units = [SECOND, MILLISECOND, MICROSECOND, NANOSECOND] as const;
      return f.timestamp(units[TIME_UNITS.indexOf(unit)] ?? MILLISECOND, timezone ?? null);
    }
    default:
      return f.float64();
  }
}

interface Buffers {
  readonly values: Extract<Column, { layout: 'fixed' | 'bits' | 'decimal' }>['values'];
  readonly offsets?: Int32Array;
  readonly children?: Batch<unknown>[];
}

/** Arrow files begin text at offset 0, so a slice's offsets are moved there. */
export function fromZero({ offsets, bytes, length }: TextColumn): {
  offsets: Int32Array;
  values: Uint8Array;
} {
  const start = offsets[0] ?? 0;
  const end = offsets[length] ?? start;
  if (start === 0) return { offsets, values: bytes.subarray(0, end) };
  return { offsets: offsets.map((offset) => offset - start), values: bytes.subarray(start, end) };
}

function batchOf(f: Flechette, type: ArrowType, column: Column, buffers: Buffers): Batch<unknown> {
  return new (batchClass(f, type))({
    length: column.length,
    nullCount: column.nullCount,
    type,
    validity: column.validity ?? NO_BYTES,
    ...buffers,
  });
}

function dictionaryBatch(f: Flechette, column: Extract<Column, { layout: 'dictionary' }>): Batch<unknown> {
  const entries = arrowBatch(f, column.dictionary);
  // The encoder finds a dictionary by its type object, so it must be the entries' own.
  const batch = batchOf(f, f.dictionary(entries.type, f.int32()), column, { values: column.indices });
  if (takesDictionary(batch)) batch.setDictionary(new f.Column<unknown>([entries], entries.type));
  return batch;
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
