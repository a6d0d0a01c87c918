import { ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import type { Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { concatColumns } from '../table/concat.js';
import { TypeId, type ArrowBatch, type BatchField, type BatchTable } from './arrow-batch.js';
import { batchColumn } from './batch-column.js';
import { requireBuffers } from './batch-check.js';
import { buildColumn } from '../table/column-builder.js';

/**
 * A table over the buffers of an Arrow table of either library. One record batch is taken as it is, without a copy;
 * several are joined.
 */
export function tableFromArrow(table: BatchTable, losses: Losses, columns?: readonly string[]): ColumnTable {
  const { fields, metadata, rows } = table;
  const names = columns ?? fields.map(({ name }) => name);
  const converted = names.map((name): Column => {
    const index = fields.findIndex((field) => field.name === name);
    const field = fields[index];
    if (field === undefined) {
      // The table that lacks it words the error.
      new ColumnTable(fields.map(emptyColumn), 0).column(name);
      throw new ConversionError('ERR_PERF_CONVERT_NO_COLUMN', `there is no column '${name}'`);
    }
    return columnOf(field, table.batches(index), rows, losses);
  });
  losses.total(rows * converted.length);
  return new ColumnTable(converted, rows, metadata);
}

function columnOf(field: BatchField, batches: readonly ArrowBatch[], rows: number, losses: Losses): Column {
  for (const batch of batches) requireBuffers(field.name, batch);
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  if (length !== rows) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `the Arrow data is broken: column '${field.name}' has ${String(length)} values, the table ${String(rows)}`,
    );
  }
  const [first] = batches;
  if (first === undefined) return batchColumn(field, emptyBatch(field), losses);
  // A dictionary that comes in pieces, or holds no text, cannot be joined by layout.
  if (first.type.typeId === TypeId.Dictionary && batches.some(({ dictionary }) => dictionary.length > 1)) {
    losses.noted(
      'type-generalised',
      field.name,
      'a dictionary in several pieces was read value by value',
      length,
    );
    return buildColumn(
      field.name,
      batches.flatMap((batch) => Array.from({ length: batch.length }, (_, i) => batch.at(i))),
      losses,
    );
  }
  return concatColumns(
    batches.map((batch) => batchColumn(field, batch, losses)),
    length,
  );
}

function emptyColumn({ name }: BatchField): Column {
  return { layout: 'null', field: { name, type: 'null' }, length: 0, nullCount: 0, validity: undefined };
}

function emptyBatch({ type }: BatchField): ArrowBatch {
  return {
    type,
    length: 0,
    nullCount: 0,
    bitOffset: 0,
    validity: undefined,
    values: undefined,
    offsets: undefined,
    children: type.children.map(emptyBatch),
    dictionary: [],
    dictionaryIdentity: undefined,
    at: () => null,
  };
}
