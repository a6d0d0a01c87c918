import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { Losses } from '../losses.js';
import { countUnset, readBit, sliceBitmap } from '../table/bitmap.js';
import { buildColumn } from '../table/column-builder.js';
import {
  fixedArray,
  isFixedType,
  type Column,
  type DecimalColumn,
  type Field,
  type FixedValues,
  type TextColumn,
} from '../table/column.js';
import { sliceColumn } from '../table/column-slice.js';
import { setDecimalUnits } from '../table/decimal.js';
import { DATE_DAY, knownType } from './arrow-type.js';
import { TypeId, type ArrowBatch, type BatchField } from './arrow-batch.js';

const MS_PER_DAY = 86_400_000n;
const MAX_OFFSET = 2 ** 31 - 1;
const JSON_EXTENSION = 'arrow.json';
const EXTENSION_KEY = 'ARROW:extension:name';

/** A column over the buffers of one batch: nothing is copied where Arrow and this package lay it out alike. */
export function batchColumn(source: BatchField, batch: ArrowBatch, losses: Losses): Column {
  const known = knownType(batch.type);
  const base = { length: batch.length, ...presence(batch) };
  if (batch.type.typeId === TypeId.Dictionary) return dictionaryColumn(source, batch, losses);
  if (known === undefined) return otherColumn(source, batch, losses);
  const field = fieldOf(source, known);
  switch (known.type) {
    case 'null':
      return { layout: 'null', field, length: batch.length, nullCount: batch.length, validity: undefined };
    case 'bool':
      return { ...base, field, layout: 'bits', values: bitsOf(batch) };
    case 'decimal':
      return decimalColumn({ ...base, field }, batch);
    case 'utf8':
    case 'json':
    case 'binary':
      return { ...base, field, layout: 'text', ...textOf(source.name, batch) };
    case 'list': {
      const { offsets, child } = entriesOf(source.name, batch);
      const entry = batch.type.children[0] ?? NO_FIELD;
      return { ...base, field, layout: 'list', offsets, child: batchColumn(entry, child, losses) };
    }
    case 'struct':
      return {
        ...base,
        field,
        layout: 'struct',
        children: batch.type.children.map((entry, i) => {
          const child = batch.children[i];
          if (child === undefined) throw missing(source.name);
          const column = batchColumn(entry, child, losses);
          // Arrow lets a child be longer than its struct.
          return column.length === batch.length ? column : sliceColumn(column, 0, batch.length);
        }),
      };
    default: {
      const kind = isFixedType(known.type) ? fixedArray(known.type, 0) : undefined;
      const { values } = batch;
      if (kind === undefined || !isKind(values, kind)) return otherColumn(source, batch, losses);
      return { ...base, field, layout: 'fixed', values: values.subarray(0, batch.length) };
    }
  }
}

const NO_FIELD: BatchField = {
  name: 'item',
  nullable: true,
  metadata: [],
  type: {
    typeId: TypeId.Null,
    bitWidth: 0,
    signed: false,
    precision: 0,
    scale: 0,
    unit: 0,
    timezone: undefined,
    stride: 0,
    children: [],
  },
};

function fieldOf({ name, nullable, metadata }: BatchField, known: Omit<Field, 'name'>): Field {
  const isJson =
    known.type === 'utf8' && metadata.some(([key, text]) => key === EXTENSION_KEY && text === JSON_EXTENSION);
  const kept = isJson ? metadata.filter(([key]) => !key.startsWith('ARROW:extension:')) : metadata;
  return {
    name,
    ...known,
    ...(isJson ? { type: 'json' } : {}),
    ...(nullable ? {} : { nullable: false }),
    ...(kept.length === 0 ? {} : { metadata: kept }),
  };
}

function presence({
  length,
  nullCount,
  validity,
  bitOffset,
}: ArrowBatch): Pick<Column, 'nullCount' | 'validity'> {
  if (nullCount === 0 || validity === undefined) return { nullCount: 0, validity: undefined };
  const bits = bitOffset === 0 ? validity : sliceBitmap(validity, bitOffset, bitOffset + length);
  // What the bitmap says counts: a stated number may be unknown (-1) or wrong.
  const nulls = countUnset(bits, length);
  return nulls === 0
    ? { nullCount: 0, validity: undefined }
    : { nullCount: nulls, validity: bits.subarray(0, (length + 7) >>> 3) };
}

function bitsOf({ values, bitOffset, length }: ArrowBatch): Uint8Array {
  const bytes = bytesOf(values);
  return bitOffset === 0 ? bytes : sliceBitmap(bytes, bitOffset, bitOffset + length);
}

function textOf(name: string, batch: ArrowBatch): Pick<TextColumn, 'offsets' | 'bytes'> {
  const { values, length, type } = batch;
  const bytes = bytesOf(values);
  if (type.typeId === TypeId.FixedSizeBinary) {
    return { bytes, offsets: Int32Array.from({ length: length + 1 }, (_, i) => i * type.stride) };
  }
  return { bytes, offsets: narrowOffsets(name, batch) };
}

/** 64-bit offsets as the 32-bit ones that columns have here. */
function narrowOffsets(name: string, { offsets, length }: ArrowBatch): Int32Array {
  if (offsets === undefined || offsets.length === 0) return new Int32Array(length + 1);
  if (offsets instanceof Int32Array) return offsets.subarray(0, length + 1);
  if (Number(offsets[length] ?? 0n) > MAX_OFFSET) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_TOO_LARGE',
      `column ${shown(name)} holds more than 2 GB; columns have 32-bit offsets, read it in parts by options.offset and limit`,
    );
  }
  return Int32Array.from({ length: length + 1 }, (_, i) => Number(offsets[i] ?? 0n));
}

function entriesOf(name: string, batch: ArrowBatch): { offsets: Int32Array; child: ArrowBatch } {
  const [child] = batch.children;
  if (child === undefined) throw missing(name);
  const { length, type } = batch;
  const offsets =
    type.typeId === TypeId.FixedSizeList
      ? Int32Array.from({ length: length + 1 }, (_, i) => i * type.stride)
      : narrowOffsets(name, batch);
  return { offsets, child };
}

function decimalColumn(
  base: Omit<DecimalColumn, 'layout' | 'values' | 'words'>,
  batch: ArrowBatch,
): DecimalColumn {
  const { bitWidth } = batch.type;
  const { length } = base;
  const words = bitWidth === 256 ? 4 : 2;
  if (bitWidth >= 128) {
    const bytes = bytesOf(batch.values);
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    const values = new BigUint64Array(aligned.buffer, aligned.byteOffset, length * words);
    return { ...base, layout: 'decimal', words, values };
  }
  const column: DecimalColumn = {
    ...base,
    layout: 'decimal',
    words,
    values: new BigUint64Array(length * words),
  };
  const { values } = batch;
  for (let i = 0; i < length; i++) {
    const units =
      values instanceof Int32Array
        ? BigInt(values[i] ?? 0)
        : values instanceof BigUint64Array
          ? BigInt.asIntN(64, values[i] ?? 0n)
          : 0n;
    setDecimalUnits(column, i, units);
  }
  return column;
}

/** Text in a dictionary stays one; any other dictionary is read value by value. */
function dictionaryColumn(source: BatchField, batch: ArrowBatch, losses: Losses): Column {
  const [only, more] = batch.dictionary;
  const entries =
    only === undefined || more !== undefined
      ? undefined
      : batchColumn({ ...source, metadata: [] }, only, losses);
  if (entries?.layout !== 'text' || entries.nullCount > 0) return otherColumn(source, batch, losses);
  const given = indicesOf(batch);
  const { nullCount, validity } = presence(batch);
  let indices = given;
  for (let i = 0; i < given.length; i++) {
    const entry = given[i] ?? 0;
    if (entry >= 0 && entry < entries.length) continue;
    if (validity !== undefined && !readBit(validity, i)) {
      // What stands beneath a null leads anywhere; the memory is not ours to change.
      if (indices === given) indices = given.slice();
      indices[i] = 0;
      continue;
    }
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `column ${shown(source.name)}, row ${String(i + 1)}: its dictionary has no entry ${String(entry)}`,
    );
  }
  const field = fieldOf(source, { type: entries.field.type });
  const dictionary = { ...entries, field: { name: source.name, type: entries.field.type } };
  return { layout: 'dictionary', field, length: batch.length, nullCount, validity, indices, dictionary };
}

function indicesOf({ values, length }: ArrowBatch): Int32Array {
  if (values instanceof Int32Array) return values.subarray(0, length);
  const given: ArrayLike<unknown> = isArrayLike(values) ? values : [];
  return Int32Array.from({ length }, (_, i) => Number(given[i] ?? 0));
}

/** Types without a layout here: numbers of another width, or value by value. */
function otherColumn(source: BatchField, batch: ArrowBatch, losses: Losses): Column {
  const { values, length, type } = batch;
  const base = { length, ...presence(batch) };
  const note = (message: string): void => {
    losses.noted('type-generalised', source.name, message, length);
  };
  if (type.typeId === TypeId.Date && type.unit !== DATE_DAY && values instanceof BigInt64Array) {
    const whole = values.subarray(0, length).every((ms) => ms % MS_PER_DAY === 0n);
    if (whole) {
      const days = Int32Array.from({ length }, (_, i) => Number((values[i] ?? 0n) / MS_PER_DAY));
      return { ...base, field: fieldOf(source, { type: 'date' }), layout: 'fixed', values: days };
    }
  }
  if (type.typeId === TypeId.Float && values instanceof Uint16Array) {
    note('half floats became single ones');
    const singles = Float32Array.from({ length }, (_, i) => halfFloat(values[i] ?? 0));
    return { ...base, field: fieldOf(source, { type: 'float32' }), layout: 'fixed', values: singles };
  }
  if (type.typeId === TypeId.Time || type.typeId === TypeId.Duration) {
    if (values instanceof Int32Array || values instanceof BigInt64Array) {
      note('times of day and durations became whole numbers of their unit');
      const wide = values instanceof BigInt64Array;
      const field = fieldOf(source, { type: wide ? 'int64' : 'int32' });
      return { ...base, field, layout: 'fixed', values: values.subarray(0, length) };
    }
  }
  note('this Arrow type has no column layout here; its values were converted one by one');
  return buildColumn(
    source.name,
    Array.from({ length }, (_, i) => batch.at(i)),
    losses,
  );
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function bytesOf(values: ArrayBufferView | undefined): Uint8Array {
  return values === undefined
    ? new Uint8Array(0)
    : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function isKind(values: unknown, kind: FixedValues): values is FixedValues {
  return values instanceof kind.constructor;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && 'length' in value;
}

function missing(name: string): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the Arrow data is broken: column ${shown(name)} has no child`,
  );
}
