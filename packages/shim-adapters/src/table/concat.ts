import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { typeText } from './alike.js';
import { bitmapBytes, copyBits, fullBitmap } from './bitmap.js';
import {
  fixedArray,
  isFixedType,
  type Column,
  type DecimalColumn,
  type DictionaryColumn,
  type Field,
  type FixedColumn,
  type ListColumn,
  type StructColumn,
  type TextColumn,
} from './column.js';
import { ColumnTable } from './column-table.js';
import { sliceColumn } from './column-slice.js';
import { decimalUnits, setDecimalUnits } from './decimal.js';
import { TextBuilder } from './text-builder.js';

/**
 * The rows of all tables, one after the other. Their columns must have the same names and types; a part of nothing
 * but nulls, whose type nobody knows, fits any.
 */
export function concatTables(tables: readonly ColumnTable[]): ColumnTable {
  const [first] = tables;
  if (first === undefined) return new ColumnTable([], 0);
  if (tables.length === 1) return first;
  const length = tables.reduce((sum, table) => sum + table.length, 0);
  const odd = tables.find(({ columns }) => columns.length !== first.columns.length);
  if (odd !== undefined) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_TYPE_MISMATCH',
      `one part has ${String(first.columns.length)} columns and another ${String(odd.columns.length)}; parts must have the same columns`,
    );
  }
  const columns = first.names.map((name) =>
    concatColumns(
      tables.map((table) => table.column(name)),
      length,
    ),
  );
  return new ColumnTable(columns, length, first.metadata);
}

/** The rows of all parts, one after the other. */
export function concatColumns(parts: readonly Column[], length: number): Column {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const { field, layout } = requireAlike(parts);
  const base = { field, length, ...joinedValidity(parts, length) };
  switch (layout) {
    case 'null':
      return { ...base, layout };
    case 'bits':
      return { ...base, layout, values: joinedBits(parts, length) };
    case 'fixed':
      return { ...base, layout, values: joinedFixed(field, parts, length) };
    case 'text':
    case 'dictionary':
      return joinedText(base, parts);
    case 'decimal':
      return joinedDecimals(base, parts);
    case 'list':
      return joinedLists(base, parts);
    case 'struct':
      return joinedStructs(base, parts);
  }
}

/** The first part whose type is known, after all others were found to agree with it. */
function requireAlike(parts: readonly Column[]): Column {
  const typed = parts.filter(({ layout }) => layout !== 'null');
  const [first = parts[0]] = typed;
  if (first === undefined) throw new RangeError('there are no parts to join');
  const { name } = first.field;
  const odd = typed.find((part) => typeText(part.field) !== typeText(first.field));
  if (odd === undefined) return first;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `column ${shown(name)} is ${typeText(first.field)} in one part and ${typeText(odd.field)} in another`,
  );
}

function joinedValidity(
  parts: readonly Column[],
  length: number,
): { nullCount: number; validity: Uint8Array | undefined } {
  const nullCount = parts.reduce((sum, part) => sum + part.nullCount, 0);
  if (nullCount === 0 || parts.every((part) => part.layout === 'null'))
    return { nullCount, validity: undefined };
  const validity = new Uint8Array(bitmapBytes(length));
  let at = 0;
  for (const part of parts) {
    if (part.layout !== 'null') copyBits(part.validity ?? fullBitmap(part.length), validity, at, part.length);
    at += part.length;
  }
  return { nullCount, validity };
}

function joinedBits(parts: readonly Column[], length: number): Uint8Array {
  const values = new Uint8Array(bitmapBytes(length));
  let at = 0;
  for (const part of parts) {
    if (part.layout === 'bits') copyBits(part.values, values, at, part.length);
    at += part.length;
  }
  return values;
}

function joinedFixed({ type }: Field, parts: readonly Column[], length: number): FixedColumn['values'] {
  const out = fixedArray(isFixedType(type) ? type : 'float64', length);
  const bytes = new Uint8Array(out.buffer);
  let row = 0;
  for (const part of parts) {
    if (part.layout === 'fixed') {
      const { buffer, byteOffset, byteLength } = part.values;
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), row * out.BYTES_PER_ELEMENT);
    }
    row += part.length;
  }
  return out;
}

type Base = Omit<TextColumn, 'layout' | 'offsets' | 'bytes'>;

function joinedDecimals(base: Base, parts: readonly Column[]): DecimalColumn {
  const words = parts.some((part) => part.layout === 'decimal' && part.words === 4) ? 4 : 2;
  const column: DecimalColumn = {
    ...base,
    layout: 'decimal',
    words,
    values: new BigUint64Array(base.length * words),
  };
  let at = 0;
  for (const part of parts) {
    if (part.layout === 'decimal') {
      for (let i = 0; i < part.length; i++) setDecimalUnits(column, at + i, decimalUnits(part, i));
    }
    at += part.length;
  }
  return column;
}

function joinedLists(base: Base, parts: readonly Column[]): ListColumn {
  const offsets = new Int32Array(base.length + 1);
  const children: Column[] = [];
  let at = 0;
  let entries = 0;
  for (const part of parts) {
    const first = part.layout === 'list' ? (part.offsets[0] ?? 0) : 0;
    const last = part.layout === 'list' ? (part.offsets[part.length] ?? first) : first;
    for (let i = 1; i <= part.length; i++) {
      const end = part.layout === 'list' ? (part.offsets[i] ?? last) : first;
      offsets[at + i] = entries + end - first;
    }
    if (part.layout === 'list') children.push(sliceColumn(part.child, first, last));
    at += part.length;
    entries += last - first;
  }
  return { ...base, layout: 'list', offsets, child: concatColumns(children, entries) };
}

function joinedStructs(base: Base, parts: readonly Column[]): StructColumn {
  const first = parts.find((part) => part.layout === 'struct');
  const children = (first?.children ?? []).map((model) =>
    concatColumns(
      parts.map((part) => childOf(part, model.field)),
      base.length,
    ),
  );
  return { ...base, layout: 'struct', children };
}

/** The child of that name in a part; nulls in a part of nothing but nulls. */
function childOf(part: Column, field: Field): Column {
  if (part.layout !== 'struct') {
    const { length } = part;
    return { layout: 'null', field, length, nullCount: length, validity: undefined };
  }
  const child = part.children.find((candidate) => candidate.field.name === field.name);
  if (child !== undefined) return child;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `a struct has ${shown(field.name)} in one part and not in another`,
  );
}

/** Parts with dictionaries are joined through one dictionary; any other mixture becomes plain text. */
function joinedText(base: Base, parts: readonly Column[]): Column {
  const dictionaries = parts.filter((part): part is DictionaryColumn => part.layout === 'dictionary');
  return dictionaries.length === parts.length
    ? joinedDictionaries(base, dictionaries)
    : plainText(base, parts);
}

function joinedDictionaries(base: Base, parts: readonly DictionaryColumn[]): DictionaryColumn {
  const entries = new Map<string, number>();
  const builder = new TextBuilder(64);
  const indices = new Int32Array(base.length);
  let at = 0;
  for (const { dictionary, indices: own, length } of parts) {
    const moved = new Int32Array(dictionary.length);
    for (let i = 0; i < dictionary.length; i++) {
      const start = dictionary.offsets[i] ?? 0;
      const end = dictionary.offsets[i + 1] ?? start;
      // Latin-1 gives every byte sequence a text of its own, so it can serve as a key without decoding.
      const key = Buffer.from(dictionary.bytes.subarray(start, end)).toString('latin1');
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = entries.size;
        entries.set(key, entry);
        builder.addBytes(dictionary.bytes, start, end);
      }
      moved[i] = entry;
    }
    for (let i = 0; i < length; i++) indices[at + i] = moved[own[i] ?? 0] ?? 0;
    at += length;
  }
  const dictionary = builder.finish({ name: base.field.name, type: 'utf8' }, 0, undefined);
  return { ...base, layout: 'dictionary', indices, dictionary };
}

function plainText(base: Base, parts: readonly Column[]): TextColumn {
  const builder = new TextBuilder(base.length);
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      if (part.layout === 'text')
        builder.addBytes(part.bytes, part.offsets[i] ?? 0, part.offsets[i + 1] ?? 0);
      else if (part.layout === 'dictionary') {
        const { bytes, offsets } = part.dictionary;
        const entry = part.indices[i] ?? 0;
        builder.addBytes(bytes, offsets[entry] ?? 0, offsets[entry + 1] ?? 0);
      } else builder.addEmpty();
    }
  }
  return builder.finish(base.field, base.nullCount, base.validity);
}
