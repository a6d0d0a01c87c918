import { bitmapBytes, readBit, setBit } from './bitmap.js';
import { fixedArray, isFixedType, type Column, type FixedColumn, type TextColumn } from './column.js';
import { ColumnTable } from './column-table.js';
import { TextBuilder } from './text-builder.js';

/** The rows of a table at these indices, in this order; an index may occur more than once. Copies what it takes. */
export function takeRows(table: ColumnTable, indices: ArrayLike<number>): ColumnTable {
  return new ColumnTable(
    table.columns.map((column) => takeColumn(column, indices)),
    indices.length,
    table.metadata,
  );
}

function takeColumn(column: Column, indices: ArrayLike<number>): Column {
  const { field } = column;
  const { length } = indices;
  if (column.layout === 'null') return { ...column, length, nullCount: length };
  const base = { field, length, ...takenValidity(column, indices) };
  switch (column.layout) {
    case 'bits':
      return { ...base, layout: 'bits', values: takenBits(column.values, indices) };
    case 'fixed':
      return { ...base, layout: 'fixed', values: takenValues(column, indices) };
    case 'text':
      return takenText(column, indices, base);
    case 'dictionary': {
      const taken = new Int32Array(length);
      for (let i = 0; i < length; i++) taken[i] = column.indices[indices[i] ?? 0] ?? 0;
      return { ...base, layout: 'dictionary', indices: taken, dictionary: column.dictionary };
    }
    case 'decimal': {
      const { words } = column;
      const values = new BigUint64Array(length * words);
      for (let i = 0; i < length; i++) {
        const from = (indices[i] ?? 0) * words;
        values.set(column.values.subarray(from, from + words), i * words);
      }
      return { ...base, layout: 'decimal', words, values };
    }
    case 'list': {
      const offsets = new Int32Array(length + 1);
      const entries: number[] = [];
      for (let i = 0; i < length; i++) {
        const row = indices[i] ?? 0;
        const end = column.offsets[row + 1] ?? 0;
        for (let at = column.offsets[row] ?? 0; at < end; at++) entries.push(at);
        offsets[i + 1] = entries.length;
      }
      return { ...base, layout: 'list', offsets, child: takeColumn(column.child, entries) };
    }
    case 'struct':
      return {
        ...base,
        layout: 'struct',
        children: column.children.map((child) => takeColumn(child, indices)),
      };
  }
}

function takenValidity(
  { validity }: Column,
  indices: ArrayLike<number>,
): { nullCount: number; validity: Uint8Array | undefined } {
  if (validity === undefined) return { nullCount: 0, validity: undefined };
  const taken = takenBits(validity, indices);
  let nullCount = 0;
  for (let i = 0; i < indices.length; i++) if (!readBit(taken, i)) nullCount += 1;
  return nullCount === 0 ? { nullCount, validity: undefined } : { nullCount, validity: taken };
}

function takenBits(bits: Uint8Array, indices: ArrayLike<number>): Uint8Array {
  const taken = new Uint8Array(bitmapBytes(indices.length));
  for (let i = 0; i < indices.length; i++) if (readBit(bits, indices[i] ?? 0)) setBit(taken, i);
  return taken;
}

function takenValues({ field, values }: FixedColumn, indices: ArrayLike<number>): FixedColumn['values'] {
  const taken = fixedArray(isFixedType(field.type) ? field.type : 'float64', indices.length);
  for (let i = 0; i < indices.length; i++) taken[i] = values[indices[i] ?? 0] ?? 0;
  return taken;
}

function takenText(
  { field, bytes, offsets }: TextColumn,
  indices: ArrayLike<number>,
  { nullCount, validity }: { nullCount: number; validity: Uint8Array | undefined },
): TextColumn {
  const builder = new TextBuilder(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i] ?? 0;
    builder.addBytes(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0);
  }
  return builder.finish(field, nullCount, validity);
}
