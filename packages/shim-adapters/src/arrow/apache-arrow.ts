import type { Column, Field } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { sliceColumn } from '../table/column-slice.js';
import { TIME_UNITS } from './arrow-type.js';
import { fromZero } from './table-to-arrow.js';

type Constructor = abstract new (...args: never[]) => unknown;

/** What is needed of the module `apache-arrow`. */
export interface ApacheArrow {
  readonly makeData: (props: never) => unknown;
  readonly Table: Constructor;
  readonly RecordBatch: Constructor;
  readonly Schema: Constructor;
  readonly Field: Constructor;
  readonly Vector: Constructor;
  readonly Null: Constructor;
  readonly Bool: Constructor;
  readonly Int8: Constructor;
  readonly Int16: Constructor;
  readonly Int32: Constructor;
  readonly Int64: Constructor;
  readonly Uint8: Constructor;
  readonly Uint16: Constructor;
  readonly Uint32: Constructor;
  readonly Uint64: Constructor;
  readonly Float32: Constructor;
  readonly Float64: Constructor;
  readonly DateDay: Constructor;
  readonly Timestamp: Constructor;
  readonly Decimal: Constructor;
  readonly Utf8: Constructor;
  readonly Binary: Constructor;
  readonly Dictionary: Constructor;
  readonly List: Constructor;
  readonly Struct: Constructor;
}

/**
 * A table of `apache-arrow` over the same buffers: nothing is copied.
 *
 * @param arrow the module, as `import * as arrow from 'apache-arrow'` gives it; nothing is imported here
 */
export function toApacheArrow<A extends ApacheArrow>(table: ColumnTable, arrow: A): InstanceType<A['Table']> {
  const made = table.columns.map((column) => dataOf(arrow, column));
  const fields = table.columns.map(({ field }, i) => fieldOf(arrow, field, made[i]?.type));
  const schema = construct(arrow, 'Schema', fields, new Map(table.metadata));
  const struct = {
    type: construct(arrow, 'Struct', fields),
    length: table.length,
    nullCount: 0,
    children: made.map(({ data }) => data),
  };
  const batch = construct(arrow, 'RecordBatch', schema, makeData(arrow, struct));
  // What the class makes is what its type says.
  return construct(arrow, 'Table', schema, [batch]) as InstanceType<A['Table']>;
}

interface Made {
  readonly type: unknown;
  readonly data: unknown;
}

function dataOf(arrow: ApacheArrow, column: Column): Made {
  const { length, nullCount, validity } = column;
  const base = { length, nullCount, offset: 0, ...(validity === undefined ? {} : { nullBitmap: validity }) };
  const make = (type: unknown, rest: object): Made => ({
    type,
    data: makeData(arrow, { ...base, type, ...rest }),
  });
  switch (column.layout) {
    case 'null':
      return make(construct(arrow, 'Null'), {});
    case 'bits':
      return make(construct(arrow, 'Bool'), { data: column.values });
    case 'fixed':
      return make(fixedType(arrow, column.field), { data: column.values });
    case 'decimal': {
      const { values, words, field } = column;
      const type = construct(arrow, 'Decimal', field.scale ?? 0, field.precision ?? 38, words * 64);
      return make(type, { data: new Uint32Array(values.buffer, values.byteOffset, values.length * 2) });
    }
    case 'text': {
      const { offsets, values } = fromZero(column);
      const type = construct(arrow, column.field.type === 'binary' ? 'Binary' : 'Utf8');
      return make(type, { valueOffsets: offsets, data: values });
    }
    case 'dictionary': {
      const entries = dataOf(arrow, column.dictionary);
      const type = construct(arrow, 'Dictionary', entries.type, construct(arrow, 'Int32'));
      return make(type, { data: column.indices, dictionary: construct(arrow, 'Vector', [entries.data]) });
    }
    case 'list': {
      const first = column.offsets[0] ?? 0;
      const last = column.offsets[length] ?? first;
      const child = dataOf(arrow, sliceColumn(column.child, first, last));
      const valueOffsets = first === 0 ? column.offsets : column.offsets.map((offset) => offset - first);
      const type = construct(arrow, 'List', fieldOf(arrow, column.child.field, child.type));
      return make(type, { valueOffsets, child: child.data });
    }
    case 'struct': {
      const children = column.children.map((child) => dataOf(arrow, child));
      const fields = column.children.map(({ field }, i) => fieldOf(arrow, field, children[i]?.type));
      return make(construct(arrow, 'Struct', fields), { children: children.map(({ data }) => data) });
    }
  }
}

function fieldOf(arrow: ApacheArrow, field: Field, type: unknown): unknown {
  const extension = field.type === 'json' ? ([['ARROW:extension:name', 'arrow.json']] as const) : [];
  const metadata = new Map([...(field.metadata ?? []), ...extension]);
  return construct(arrow, 'Field', field.name, type, field.nullable !== false, metadata);
}

const FIXED = {
  int8: 'Int8',
  int16: 'Int16',
  int32: 'Int32',
  int64: 'Int64',
  uint8: 'Uint8',
  uint16: 'Uint16',
  uint32: 'Uint32',
  uint64: 'Uint64',
  float32: 'Float32',
  float64: 'Float64',
  date: 'DateDay',
} as const satisfies Partial<Record<Field['type'], keyof ApacheArrow>>;

function fixedType(arrow: ApacheArrow, { type, unit = 'millisecond', timezone }: Field): unknown {
  if (type === 'timestamp') return construct(arrow, 'Timestamp', TIME_UNITS.indexOf(unit), timezone ?? null);
  return construct(arrow, isFixed(type) ? FIXED[type] : 'Float64');
}

function isFixed(type: Field['type']): type is keyof typeof FIXED {
  return type in FIXED;
}

function construct(
  arrow: ApacheArrow,
  name: Exclude<keyof ApacheArrow, 'makeData'>,
  ...args: unknown[]
): unknown {
  return Reflect.construct(arrow[name], args) as unknown;
}

function makeData(arrow: ApacheArrow, props: object): unknown {
  return Reflect.apply(arrow.makeData, arrow, [props]) as unknown;
}
