import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import { jsonTexts } from './column-builder.js';
import type { Column, Field, FixedColumn } from './column.js';
import { ColumnTable } from './column-table.js';
import { concatColumns } from './concat.js';
import { buildStrings } from './string-builder.js';
import { valueReader } from './value.js';

/**
 * A later table of a stream with the columns of the first one: what it lacks is null, narrower numbers are widened.
 *
 * @param place words for where the table stands, for errors
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA` for a column that the first one has not,
 *   `..._TYPE_MISMATCH` for values that do not fit
 */
export function fitTable(table: ColumnTable, first: ColumnTable, losses: Losses, place: string): ColumnTable {
  const odd = table.names.find((name) => !first.has(name));
  if (odd !== undefined) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_INVALID_SCHEMA',
      `column ${shown(odd)} appears only in ${place}; a stream has the columns of its first batch: raise batchRows so that it has all, or select columns`,
    );
  }
  return new ColumnTable(
    first.columns.map((model) => {
      const { name } = model.field;
      if (!table.has(name)) {
        losses.noted('missing-as-null', name, 'records without this property have null', table.length);
        return nulls(model, table.length);
      }
      return fitColumn(table.column(name), model, losses, place);
    }),
    table.length,
    first.metadata,
  );
}

function fitColumn(column: Column, model: Column, losses: Losses, place: string): Column {
  const { type } = model.field;
  if (column.layout === 'null') return nulls(model, column.length);
  if (sameType(column.field, model.field)) return column;
  if (type === 'json') return asJson(column, losses);
  if (column.layout === 'fixed') {
    const widened = widen(column, type);
    if (widened !== undefined) return { ...column, field: model.field, values: widened };
  }
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `column ${shown(column.field.name)} is ${type} in the first batch and ${column.field.type} in ${place}; raise batchRows so that the first batch settles its type, or convert the whole`,
  );
}

function sameType(a: Field, b: Field): boolean {
  return a.type === b.type && a.unit === b.unit;
}

function nulls(model: Column, length: number): Column {
  const missing: Column = {
    layout: 'null',
    field: model.field,
    length,
    nullCount: length,
    validity: undefined,
  };
  if (model.layout === 'null') return missing;
  return concatColumns([emptied(model), missing], length);
}

function emptied(model: Column): Column {
  return new ColumnTable([model]).slice(0, 0).columns[0] ?? model;
}

function widen({ field, values }: FixedColumn, to: Field['type']): FixedColumn['values'] | undefined {
  if (field.type !== 'int32') return undefined;
  const numbers = Array.from(values, Number);
  if (to === 'float64') return Float64Array.from(numbers);
  if (to === 'int64') return BigInt64Array.from(numbers, BigInt);
  return to === 'uint64' && numbers.every((value) => value >= 0)
    ? BigUint64Array.from(numbers, BigInt)
    : undefined;
}

function asJson(column: Column, losses: Losses): Column {
  const read = valueReader(column);
  const { name } = column.field;
  const texts = jsonTexts(
    name,
    Array.from({ length: column.length }, (_, i) => read(i)),
    losses,
  );
  return buildStrings({ name, type: 'json' }, texts, losses);
}
