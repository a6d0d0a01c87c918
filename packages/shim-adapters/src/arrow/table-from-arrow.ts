import type { Column as ArrowColumn, Table } from '@uwdata/flechette';
import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import { bitmapBytes, copyBits, fullBitmap, readBit } from '../table/bitmap.js';
import { buildColumn } from '../table/column-builder.js';
import { fixedArray, isFixedType, type Column, type Field, type FixedValues } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { requireBuffers } from './buffer-check.js';
import { fromArrowType, type Flechette, type KnownType } from './arrow-type.js';

/**
 * A table over the buffers of an Arrow table. One record batch is taken as it is, without a copy; several are
 * joined. Types without a layout here (lists, structs, decimals, ...) go through their JavaScript values, which is
 * noted by name.
 */
export function tableFromArrow(
  f: Flechette,
  table: Table,
  losses: Losses,
  columns?: readonly string[],
): ColumnTable {
  const { fields, metadata } = table.schema;
  const names = columns ?? fields.map(({ name }) => name);
  const converted = names.flatMap((name): Column[] => {
    const index = fields.findIndex((field) => field.name === name);
    const column = table.children[index];
    if (column === undefined) return [];
    const extension = extensionOf(fields[index]?.metadata);
    const result = columnFromArrow(f, name, column, losses);
    return [extension === 'arrow.json' && result.field.type === 'utf8' ? asJson(result) : result];
  });
  losses.total(table.numRows * converted.length);
  return new ColumnTable(converted, table.numRows, metadata ?? undefined);
}

/** Fields without metadata have null there, whatever the library's types say. */
function extensionOf(metadata: unknown): unknown {
  return metadata instanceof Map ? metadata.get('ARROW:extension:name') : undefined;
}

function asJson(column: Column): Column {
  return { ...column, field: { name: column.field.name, type: 'json' } };
}

function columnFromArrow(f: Flechette, name: string, column: ArrowColumn<unknown>, losses: Losses): Column {
  const { type } = column;
  requireBuffers(f, name, column);
  if (type.typeId === f.Type.Dictionary) {
    const text =
      fromArrowType(f, type.dictionary)?.type === 'utf8' && dictionaryColumn(f, name, column, losses);
    if (text !== false && text !== undefined) return text;
  }
  const known = fromArrowType(f, type);
  const direct = known === undefined ? undefined : directColumn(name, known, column);
  if (direct !== undefined) return direct;
  losses.noted(
    'type-generalised',
    name,
    'this Arrow type has no column layout here; its values were converted one by one',
    column.length,
  );
  return buildColumn(name, Array.from(column), losses);
}

function directColumn(name: string, known: KnownType, column: ArrowColumn<unknown>): Column | undefined {
  const { length } = column;
  const field: Field = { name, ...known };
  if (known.type === 'null') {
    return { layout: 'null', field, length, nullCount: length, validity: undefined };
  }
  const base = { field, length, ...presence(column) };
  if (known.type === 'bool') return { ...base, layout: 'bits', values: joinedBits(column, 'values') };
  if (isFixedType(known.type)) {
    const values = joinedValues(column, fixedArray(known.type, 0), (n) => fixedArray(asFixed(known.type), n));
    return values && { ...base, layout: 'fixed', values };
  }
  const text = joinedText(column);
  return text && { ...base, layout: 'text', ...text };
}

function asFixed(type: KnownType['type']): Parameters<typeof fixedArray>[0] {
  return isFixedType(type) ? type : 'float64';
}

function dictionaryColumn(
  f: Flechette,
  name: string,
  column: ArrowColumn<unknown>,
  losses: Losses,
): Column | undefined {
  const [first] = column.data;
  if (!(first instanceof f.Batch) || !hasDictionary(first)) return undefined;
  // Batches of one file share one dictionary; a replaced dictionary would make the indices mean something else.
  if (!column.data.every((batch) => hasDictionary(batch) && batch.dictionary === first.dictionary))
    return undefined;
  const entries = columnFromArrow(f, name, first.dictionary, losses);
  if (entries.layout !== 'text' || entries.nullCount > 0) return undefined;
  const { length } = column;
  const seen = presence(column);
  const isPresent = (index: number): boolean => seen.validity === undefined || readBit(seen.validity, index);
  const indices = new Int32Array(length);
  let at = 0;
  for (const batch of column.data) {
    const keys = batch.values;
    for (let i = 0; i < batch.length; i++) indices[at++] = Number(keys[i] ?? 0);
  }
  const missing = indices.findIndex((entry, i) => (entry < 0 || entry >= entries.length) && isPresent(i));
  if (missing >= 0) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `column ${shown(name)}, row ${String(missing + 1)}: its dictionary has no entry ${String(indices[missing])}`,
    );
  }
  return {
    layout: 'dictionary',
    field: { name, type: 'utf8' },
    length,
    ...seen,
    indices,
    dictionary: entries,
  };
}

function hasDictionary(batch: unknown): batch is { readonly dictionary: ArrowColumn<unknown> } {
  return (
    typeof batch === 'object' && batch !== null && 'dictionary' in batch && batch.dictionary !== undefined
  );
}

/** Validity of all batches as one bitmap. */
function presence(column: ArrowColumn<unknown>): { nullCount: number; validity: Uint8Array | undefined } {
  if (column.nullCount === 0) return { nullCount: 0, validity: undefined };
  const [only] = column.data;
  const validity =
    column.data.length === 1 && only !== undefined
      ? only.validity.subarray(0, bitmapBytes(only.length))
      : joinedBits(column, 'validity');
  return { nullCount: column.nullCount, validity };
}

function joinedBits(column: ArrowColumn<unknown>, part: 'validity' | 'values'): Uint8Array {
  const out = new Uint8Array(bitmapBytes(column.length));
  let at = 0;
  for (const batch of column.data) {
    const bits = batch[part];
    const given = bits instanceof Uint8Array && (part === 'values' || batch.nullCount > 0);
    copyBits(given ? bits : fullBitmap(batch.length), out, at, batch.length);
    at += batch.length;
  }
  return out;
}

function joinedValues(
  column: ArrowColumn<unknown>,
  kind: FixedValues,
  make: (length: number) => FixedValues,
): FixedValues | undefined {
  const parts = column.data.map(({ values, length }) =>
    sameKind(values, kind) ? values.subarray(0, length) : undefined,
  );
  const [first] = parts;
  if (parts.length === 1) return first;
  const out = make(column.length);
  let at = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    copyValues(part, out, at);
    at += part.length;
  }
  return out;
}

function sameKind(values: unknown, kind: FixedValues): values is FixedValues {
  return values instanceof kind.constructor;
}

function copyValues(from: FixedValues, to: FixedValues, at: number): void {
  if (from instanceof BigInt64Array || from instanceof BigUint64Array) {
    if (to instanceof BigInt64Array || to instanceof BigUint64Array) to.set(from, at);
  } else if (!(to instanceof BigInt64Array || to instanceof BigUint64Array)) {
    to.set(from, at);
  }
}

function joinedText(column: ArrowColumn<unknown>): { offsets: Int32Array; bytes: Uint8Array } | undefined {
  const [only] = column.data;
  if (column.data.length === 1 && only?.offsets instanceof Int32Array && only.values instanceof Uint8Array) {
    return { offsets: only.offsets.subarray(0, only.length + 1), bytes: only.values };
  }
  const offsets = new Int32Array(column.length + 1);
  const parts: Uint8Array[] = [];
  let at = 0;
  let used = 0;
  for (const batch of column.data) {
    if (!(batch.offsets instanceof Int32Array) || !(batch.values instanceof Uint8Array)) return undefined;
    const start = batch.offsets[0] ?? 0;
    for (let i = 0; i < batch.length; i++) offsets[++at] = used + (batch.offsets[i + 1] ?? 0) - start;
    const part = batch.values.subarray(start, batch.offsets[batch.length] ?? start);
    parts.push(part);
    used += part.length;
  }
  return { offsets, bytes: new Uint8Array(Buffer.concat(parts)) };
}
