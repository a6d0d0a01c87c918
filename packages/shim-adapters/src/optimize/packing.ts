import { ConversionError } from '../errors.js';
import type { AnyRequest, Source } from '../request.js';
import type { ConversionResult } from '../result.js';
import { columnBuffers, type Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { isPlainObject, isTypedArray } from './plain-object.js';
import { isPlainJson } from './value-shape.js';

/** A table as plain data: what a structured clone can carry. */
interface PackedTable {
  readonly table: readonly Column[];
  readonly length: number;
  readonly metadata: readonly (readonly [string, string])[];
}

/** An object of tables and other plain data: an array of numbers, a sparse matrix, a time series. */
interface PackedObject {
  readonly members: readonly (readonly [name: string, value: unknown])[];
}

/** A request as plain data. */
export interface PackedRequest extends Omit<AnyRequest, 'source' | 'metadata' | 'hints'> {
  readonly source: { readonly path: string } | { readonly url: string } | { readonly value: unknown };
}

/** A result as plain data. */
export interface PackedResult extends Omit<ConversionResult, 'data'> {
  readonly data: PackedTable | PackedObject | Uint8Array;
}

/** The request in a form that can go to another thread, or undefined when its source cannot (streams, objects). */
export function packRequest({ source, from, to, columns, options }: AnyRequest): PackedRequest | undefined {
  const packed = packSource(source);
  if (packed === undefined) return undefined;
  return {
    source: packed,
    from,
    to,
    ...(columns === undefined ? {} : { columns }),
    ...(options === undefined ? {} : { options }),
  };
}

/** Whether `packRequest` can pack this source. */
export function isPackable(source: Source): boolean {
  return packSource(source) !== undefined;
}

function packSource(source: Source): PackedRequest['source'] | undefined {
  if ('path' in source) return { path: source.path };
  if ('url' in source) return { url: source.url };
  if ('stream' in source) return undefined;
  const { value } = source;
  if (typeof value === 'string' || value instanceof Uint8Array) return { value };
  if (value instanceof ColumnTable) return { value: packTable(value) };
  const object = packObject(value);
  return object === undefined ? undefined : { value: object };
}

export function unpackRequest({ source, ...rest }: PackedRequest): AnyRequest {
  if (!('value' in source)) return { ...rest, source };
  return {
    ...rest,
    source: { value: unpacked(source.value) },
  };
}

export function packResult({ data, ...rest }: ConversionResult): PackedResult {
  if (data instanceof Uint8Array) return { ...rest, data: movable(data) };
  if (data instanceof ColumnTable) return { ...rest, data: packTable(data) };
  const object = packObject(data);
  if (object !== undefined) return { ...rest, data: object };
  throw new ConversionError(
    'ERR_PERF_CONVERT_FAILED',
    'only bytes, columns and arrays can move to another thread',
  );
}

/** A small Buffer is a piece of Node's own pool, which cannot be moved. */
function movable<A extends ArrayBufferView>(bytes: A): A | Uint8Array {
  return Buffer.isBuffer(bytes) && bytes.length < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}

/** The result that a worker sent, checked. */
export function unpackResult(packed: unknown): ConversionResult {
  if (!isPackedResult(packed)) {
    throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'the executor returned something that is no result');
  }
  const { data, ...rest } = packed;
  return { ...rest, data: unpacked(data) };
}

/** Every buffer of a result once, for moving. Shared memory stays where it is. */
export function resultBuffers({ data }: PackedResult): ArrayBuffer[] {
  const views = viewsOf(data);
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer } of views) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  return [...buffers];
}

function viewsOf(data: unknown): readonly ArrayBufferView[] {
  if (isTypedArray(data)) return [data];
  if (isPackedTable(data)) return data.table.flatMap(columnBuffers);
  return isPackedObject(data) ? data.members.flatMap(([, value]) => viewsOf(value)) : [];
}

/** An object with a typed array or a table in it, and nothing that a structured clone cannot carry. */
function packObject(value: unknown): PackedObject | undefined {
  if (!isPlainObject(value)) return undefined;
  const members = Object.entries(value);
  const isHeavy = members.some(([, member]) => isTypedArray(member) || member instanceof ColumnTable);
  const isPlain = members.every(
    ([, member]) =>
      member === undefined || isTypedArray(member) || member instanceof ColumnTable || isPlainJson(member),
  );
  if (!isHeavy || !isPlain) return undefined;
  return {
    members: members.map(([name, member]) => [
      name,
      member instanceof ColumnTable ? packTable(member) : isTypedArray(member) ? movable(member) : member,
    ]),
  };
}

function unpacked(value: unknown): unknown {
  if (isPackedTable(value)) return unpackTable(value);
  if (!isPackedObject(value)) return value;
  return Object.fromEntries(value.members.map(([name, member]) => [name, unpacked(member)] as const));
}

function packTable(table: ColumnTable): PackedTable {
  return { table: table.columns, length: table.length, metadata: [...table.metadata] };
}

function unpackTable({ table, length, metadata }: PackedTable): ColumnTable {
  return new ColumnTable(table, length, new Map(metadata));
}

function isPackedTable(value: unknown): value is PackedTable {
  return typeof value === 'object' && value !== null && 'table' in value && 'length' in value;
}

function isPackedObject(value: unknown): value is PackedObject {
  return isPlainObject(value) && Object.keys(value).length === 1 && Array.isArray(value['members']);
}

function isPackedResult(value: unknown): value is PackedResult {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('route' in value)) return false;
  return value.data instanceof Uint8Array || isPackedTable(value.data) || isPackedObject(value.data);
}
