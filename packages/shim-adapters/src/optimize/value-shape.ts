import { ConversionError } from '../errors.js';
import { columnBuffers, type Column, type DecimalColumn, type FixedValues } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { isPlainObject, isTypedArray } from './plain-object.js';
import type { CompressibleArray } from './ports.js';

/**
 * What a value is without its buffers, as JSON: bytes and other typed arrays, tables, and plain objects of such things,
 * which is what arrays of numbers, sparse matrices and time series are.
 */
export type ValueShape =
  | { readonly kind: 'array' }
  | { readonly kind: 'table'; readonly table: TableShape }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, ValueShape])[] }
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'undefined' };

interface TableShape {
  readonly length: number;
  readonly metadata: readonly (readonly [string, string])[];
  readonly columns: readonly ColumnShape[];
}

/** A column without its buffers; `validity` tells whether a bitmap follows. */
type ColumnShape = Pick<Column, 'layout' | 'field' | 'length' | 'nullCount'> & {
  readonly validity: boolean;
  /** The columns that make it up: the dictionary, the child of a list, the children of a struct. */
  readonly parts?: readonly ColumnShape[];
  readonly words?: DecimalColumn['words'];
};

/**
 * Takes a value apart.
 * @returns undefined for what is no typed array, no table and no object of them, such as rows
 */
export function shapeOf(
  value: unknown,
): { readonly shape: ValueShape; readonly buffers: readonly CompressibleArray[] } | undefined {
  const buffers: CompressibleArray[] = [];
  const shape = isPlainObject(value) ? objectShape(value, buffers) : bufferShape(value, buffers);
  return shape === undefined || (shape.kind === 'object' && buffers.length === 0)
    ? undefined
    : { shape, buffers };
}

function bufferShape(value: unknown, buffers: CompressibleArray[]): ValueShape | undefined {
  if (value instanceof ColumnTable) {
    const columns = value.columns.map(columnShape);
    buffers.push(...value.columns.flatMap(columnBuffers));
    return { kind: 'table', table: { length: value.length, metadata: [...value.metadata], columns } };
  }
  if (!isTypedArray(value)) return undefined;
  buffers.push(value);
  return { kind: 'array' };
}

function objectShape(
  value: Readonly<Record<string, unknown>>,
  buffers: CompressibleArray[],
): ValueShape | undefined {
  const members: [string, ValueShape][] = [];
  for (const [name, member] of Object.entries(value)) {
    const shape = member === undefined ? ({ kind: 'undefined' } as const) : bufferShape(member, buffers);
    if (shape !== undefined) members.push([name, shape]);
    else if (isPlainJson(member)) members.push([name, { kind: 'plain', value: member }]);
    else return undefined;
  }
  return { kind: 'object', members };
}

/** What JSON gives back unchanged. */
export function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value))
    return Object.keys(value).length === value.length && Object.values(value).every(isPlainJson);
  return isPlainObject(value) && Object.values(value).every(isPlainJson);
}

function columnShape(column: Column): ColumnShape {
  const { layout, field, length, nullCount, validity } = column;
  const base = { layout, field, length, nullCount, validity: validity !== undefined };
  switch (column.layout) {
    case 'dictionary':
      return { ...base, parts: [columnShape(column.dictionary)] };
    case 'list':
      return { ...base, parts: [columnShape(column.child)] };
    case 'struct':
      return { ...base, parts: column.children.map(columnShape) };
    case 'decimal':
      return { ...base, words: column.words };
    default:
      return base;
  }
}

/**
 * Puts a value together again. Takes its buffers from the queue in the order in which `shapeOf` gave them.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` when they do not belong together
 */
export function restoredValue(shape: ValueShape, queue: CompressibleArray[]): unknown {
  switch (shape.kind) {
    case 'array':
      return next(queue);
    case 'table': {
      const { columns, length, metadata } = shape.table;
      const restored = columns.map((column) => restoreColumn(column, queue));
      return new ColumnTable(restored, length, new Map(metadata));
    }
    case 'object':
      return Object.fromEntries(
        shape.members.map(([name, member]) => [name, restoredValue(member, queue)] as const),
      );
    case 'plain':
      return shape.value;
    case 'undefined':
      return undefined;
    default:
      throw damaged();
  }
}

/** Takes the buffers of a column in the order in which `columnBuffers` lists them. */
function restoreColumn(shape: ColumnShape, queue: CompressibleArray[]): Column {
  const { field, length, nullCount } = shape;
  const base = { field, length, nullCount };
  const bitmap = (): Uint8Array | undefined => (shape.validity ? bytes(next(queue)) : undefined);
  switch (shape.layout) {
    case 'null':
      return { ...base, layout: 'null', validity: bitmap() };
    case 'fixed': {
      const values: FixedValues = next(queue);
      return { ...base, layout: 'fixed', values, validity: bitmap() };
    }
    case 'bits': {
      const values = bytes(next(queue));
      return { ...base, layout: 'bits', values, validity: bitmap() };
    }
    case 'text': {
      const text = bytes(next(queue));
      const offsets = int32(next(queue));
      return { ...base, layout: 'text', bytes: text, offsets, validity: bitmap() };
    }
    case 'dictionary': {
      const indices = int32(next(queue));
      const [dictionary] = restoreParts(shape, queue);
      if (dictionary?.layout !== 'text') throw damaged();
      return { ...base, layout: 'dictionary', indices, dictionary, validity: bitmap() };
    }
    case 'decimal': {
      const values = next(queue);
      if (!(values instanceof BigUint64Array) || shape.words === undefined) throw damaged();
      return { ...base, layout: 'decimal', words: shape.words, values, validity: bitmap() };
    }
    case 'list': {
      const offsets = int32(next(queue));
      const [child] = restoreParts(shape, queue);
      if (child === undefined) throw damaged();
      return { ...base, layout: 'list', offsets, child, validity: bitmap() };
    }
    case 'struct':
      return { ...base, layout: 'struct', children: restoreParts(shape, queue), validity: bitmap() };
  }
}

function restoreParts({ parts = [] }: ColumnShape, queue: CompressibleArray[]): Column[] {
  return parts.map((part) => restoreColumn(part, queue));
}

function next(queue: CompressibleArray[]): CompressibleArray {
  const buffer = queue.shift();
  if (buffer === undefined) throw damaged();
  return buffer;
}

function bytes(buffer: CompressibleArray): Uint8Array {
  if (buffer instanceof Uint8Array) return buffer;
  throw damaged();
}

function int32(buffer: CompressibleArray): Int32Array {
  if (buffer instanceof Int32Array) return buffer;
  throw damaged();
}

export function damaged(cause?: unknown): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', 'a compressed conversion result is damaged', {
    ...(cause === undefined ? {} : { cause }),
  });
}
