import { isTypedArray, type Content, type TypedArray } from '../element-type.js';
import { corrupt } from '../errors.js';
import type { IndexEntry, TextLayout } from './archive.js';
import {
  isDictionaryColumn,
  isStrings,
  isTextColumn,
  kindOf,
  type Column,
  type ColumnKind,
  type DictionaryColumn,
  type TextColumn,
} from './column.js';
import { packStrings, unpackStrings } from './strings.js';

/** A column as arrays, each of which becomes a frame. */
export interface PackedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly texts?: TextLayout;
  readonly arrays: readonly TypedArray[];
}

/** Raises `INPUT` for what is no column. */
export function packColumn(name: string, column: unknown): PackedColumn {
  const kind = kindOf(column, name);
  if (isTypedArray(column)) return { name, kind, arrays: [column] };
  if (isStrings(column)) return { name, kind, ...packed(column) };
  if (isTextColumn(column)) return { name, kind, arrays: [column.offsets, column.bytes] };
  if (isDictionaryColumn(column)) return { name, kind, ...packedDictionary(column) };
  return { name, kind, arrays: [] };
}

function packed(strings: readonly (string | null)[]): Pick<Required<PackedColumn>, 'texts' | 'arrays'> {
  const { arrays, ...texts } = packStrings(strings);
  return { texts, arrays };
}

function packedDictionary({
  codes,
  values,
}: DictionaryColumn): Pick<Required<PackedColumn>, 'texts' | 'arrays'> {
  if (isTextColumn(values)) {
    const texts = { encoding: 'text', dictionary: false, nulls: false } as const;
    return { texts, arrays: [codes, values.offsets, values.bytes] };
  }
  const { texts, arrays } = packed(values);
  return { texts, arrays: [codes, ...arrays] };
}

/** The column of its decompressed frames. Raises `CORRUPT` for others than `packColumn` makes. */
export function unpackColumn({ name, kind, texts }: IndexEntry, contents: readonly Content[]): Column {
  const arrays = contents.flatMap((content): TypedArray[] => (isTypedArray(content) ? [content] : []));
  const [first, second] = arrays;
  if (arrays.length !== contents.length || first === undefined) throw unfit(name);
  if (kind === 'numbers' && arrays.length === 1) return first;
  if (kind === 'text' && arrays.length === 2) return textColumn(name, first, second);
  if (kind === 'strings' && texts !== undefined) return strings(name, texts, arrays);
  if (kind !== 'dictionary' || texts === undefined) throw unfit(name);
  const [codes, ...rest] = arrays;
  const values = texts.encoding === 'text' ? textColumn(name, rest[0], rest[1]) : strings(name, texts, rest);
  const column = { codes, values };
  if (isDictionaryColumn(column)) return column;
  throw unfit(name);
}

function textColumn(name: string, offsets: unknown, bytes: unknown): TextColumn {
  const column = { offsets, bytes };
  if (isTextColumn(column)) return column;
  throw unfit(name);
}

function strings(name: string, texts: TextLayout, arrays: readonly TypedArray[]): (string | null)[] {
  const { encoding, dictionary, nulls } = texts;
  const parts = arrays.filter(isUnsigned);
  if (encoding === 'text' || parts.length !== arrays.length) throw unfit(name);
  if (parts.length !== 2 + Number(dictionary) + Number(nulls)) throw unfit(name);
  return unpackStrings({ encoding, dictionary, nulls, arrays: parts });
}

function isUnsigned(array: TypedArray): array is Uint8Array | Uint16Array | Uint32Array {
  return array instanceof Uint8Array || array instanceof Uint16Array || array instanceof Uint32Array;
}

function unfit(name: string): Error {
  return corrupt(`the frames of column '${name}' are none that this release writes for it`);
}
