import { bitmapBytes, setBit } from '../src/table/bitmap.js';
import { fixedArray, isFixedType, type Column, type Field, type FixedValues } from '../src/table/column.js';
import { ColumnTable } from '../src/table/column-table.js';
import { Presence } from '../src/table/presence.js';
import { TextBuilder } from '../src/table/text-builder.js';

/** A stored value: what a column's array holds, or null. */
export type Stored = number | bigint | boolean | string | null;

/**
 * A column of exactly this field, laid out by hand: unlike the builder of the package it never chooses a type.
 * @param values days for dates, ticks for timestamps, JSON text for `json`
 */
export function columnOf(field: Field, values: readonly Stored[], dictionary = false): Column {
  const { length } = values;
  const presence = new Presence(length);
  values.forEach((value, i) => presence.see(i, value));
  const base = { field, length, ...presence.done() };
  if (field.type === 'null') return { ...base, layout: 'null', validity: undefined };
  if (field.type === 'bool') {
    const bits = new Uint8Array(bitmapBytes(length));
    values.forEach((value, i) => {
      if (value === true) setBit(bits, i);
    });
    return { ...base, layout: 'bits', values: bits };
  }
  if (isFixedType(field.type)) {
    const out: FixedValues = fixedArray(field.type, length);
    values.forEach((value, i) => {
      if (typeof value === 'number' || typeof value === 'bigint') out[i] = value;
    });
    return { ...base, layout: 'fixed', values: out };
  }
  if (!dictionary) return { ...base, ...textOf(field, values.map(String), base) };
  const entries = [...new Set(values.filter((value) => typeof value === 'string'))];
  return {
    ...base,
    layout: 'dictionary',
    indices: Int32Array.from(values, (value) => Math.max(0, entries.indexOf(String(value)))),
    dictionary: textOf({ name: field.name, type: 'utf8' }, entries, { nullCount: 0, validity: undefined }),
  };
}

function textOf(
  field: Field,
  texts: readonly string[],
  { nullCount, validity }: { nullCount: number; validity: Uint8Array | undefined },
): ReturnType<TextBuilder['finish']> {
  const builder = new TextBuilder(texts.length);
  for (const text of texts) builder.addText(text);
  return builder.finish(field, nullCount, validity);
}

/** A table of such columns by name. */
export function tableOf(
  columns: Readonly<Record<string, [type: Field['type'], values: readonly Stored[]]>>,
): ColumnTable {
  return new ColumnTable(
    Object.entries(columns).map(([name, [type, values]]) => columnOf({ name, type }, values)),
  );
}
