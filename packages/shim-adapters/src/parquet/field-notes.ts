import type { Column, Field, FixedColumn, TimeUnit } from '../table/column.js';

/**
 * What Parquet has no words for: zones other than UTC, seconds, pairs that came with a column, a column of nothing but
 * nulls. It is written beside the key/value pairs of the file, as JSON under this key, and read back by this package;
 * other readers see a pair more.
 */
export const FIELD_NOTES = 'perf:fields';

interface FieldNote {
  readonly timezone?: string;
  readonly seconds?: true;
  readonly null?: true;
  /** A promise of no nulls, by a writer that declares every column as optional. */
  readonly required?: true;
  /** Milliseconds, by a writer that has only microseconds for them. */
  readonly milliseconds?: true;
  readonly metadata?: readonly (readonly [string, string])[];
}

/** The notes on these fields, as a pair; undefined when there is nothing to note. */
export function fieldNotes(
  fields: readonly Field[],
  {
    required = false,
    widened = () => false,
  }: { readonly required?: boolean; readonly widened?: (field: Field) => boolean } = {},
): readonly [string, string] | undefined {
  const notes = fields.flatMap((field): [string, FieldNote][] => {
    const { name, type, unit, timezone, metadata, nullable } = field;
    const note: FieldNote = {
      ...(timezone === undefined || timezone === 'UTC' ? {} : { timezone }),
      ...(type === 'timestamp' && unit === 'second' ? { seconds: true } : {}),
      ...(type === 'null' ? { null: true } : {}),
      ...(required && nullable === false ? { required: true } : {}),
      ...(widened(field) ? { milliseconds: true } : {}),
      ...(metadata === undefined || metadata.length === 0 ? {} : { metadata }),
    };
    return Object.keys(note).length === 0 ? [] : [[name, note]];
  });
  return notes.length === 0 ? undefined : [FIELD_NOTES, JSON.stringify(notes)];
}

/** Notes by column; none when they are not what this package writes. */
export function readFieldNotes(text: string | undefined): ReadonlyMap<string, FieldNote> {
  const notes = new Map<string, FieldNote>();
  for (const pair of listOf(parsed(text))) {
    const [name, note] = listOf(pair);
    if (typeof name === 'string' && typeof note === 'object' && note !== null) notes.set(name, noteOf(note));
  }
  return notes;
}

/** The column as it was before it was written. */
export function restored(column: Column, note: FieldNote | undefined): Column {
  if (note === undefined) return column;
  const { length } = column;
  if (note.null === true && column.nullCount === length) {
    const field: Field = { name: column.field.name, type: 'null' };
    return { layout: 'null', field: withPairs(field, note), length, nullCount: length, validity: undefined };
  }
  const { timezone } = note;
  const isTime = column.field.type === 'timestamp';
  const field: Field = {
    ...column.field,
    ...(timezone === undefined || !isTime ? {} : { timezone }),
    ...(note.required === true && column.nullCount === 0 ? { nullable: false } : {}),
  };
  const noted = { ...column, field: withPairs(field, note) };
  if (!isTime || noted.layout !== 'fixed') return noted;
  if (note.seconds === true) return coarser(noted, 'second');
  return note.milliseconds === true && noted.field.unit === 'microsecond'
    ? coarser(noted, 'millisecond')
    : noted;
}

/** Times in thousands of their ticks, where every one is. */
function coarser(column: FixedColumn, unit: TimeUnit): Column {
  const { values } = column;
  if (!(values instanceof BigInt64Array) || values.some((ticks) => ticks % 1000n !== 0n)) return column;
  return { ...column, field: { ...column.field, unit }, values: values.map((ticks) => ticks / 1000n) };
}

function withPairs(field: Field, { metadata }: FieldNote): Field {
  return metadata === undefined ? field : { ...field, metadata };
}

function noteOf(given: object): FieldNote {
  const timezone: unknown = Reflect.get(given, 'timezone');
  const pairs = listOf(Reflect.get(given, 'metadata')).flatMap((pair) => {
    const [key, value] = listOf(pair);
    return typeof key === 'string' && typeof value === 'string' ? [[key, value] as const] : [];
  });
  return {
    ...(typeof timezone === 'string' ? { timezone } : {}),
    ...(Reflect.get(given, 'seconds') === true ? { seconds: true } : {}),
    ...(Reflect.get(given, 'null') === true ? { null: true } : {}),
    ...(Reflect.get(given, 'required') === true ? { required: true } : {}),
    ...(Reflect.get(given, 'milliseconds') === true ? { milliseconds: true } : {}),
    ...(pairs.length === 0 ? {} : { metadata: pairs }),
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? [] : JSON.parse(text);
  } catch {
    return [];
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
