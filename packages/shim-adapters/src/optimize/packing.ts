import { ConversionError } from '../errors.js';
import type { AnyRequest, Source } from '../request.js';
import type { ConversionResult } from '../result.js';
import { columnBuffers, type Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';

/** A table as plain data: what a structured clone can carry. */
interface PackedTable {
  readonly table: readonly Column[];
  readonly length: number;
  readonly metadata: readonly (readonly [string, string])[];
}

/** A request as plain data. */
export interface PackedRequest extends Omit<AnyRequest, 'source' | 'metadata' | 'hints'> {
  readonly source: { readonly path: string } | { readonly url: string } | { readonly value: unknown };
}

/** A result as plain data. */
export interface PackedResult extends Omit<ConversionResult, 'data'> {
  readonly data: PackedTable | Uint8Array;
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
  return value instanceof ColumnTable ? { value: packTable(value) } : undefined;
}

export function unpackRequest({ source, ...rest }: PackedRequest): AnyRequest {
  if (!('value' in source)) return { ...rest, source };
  return {
    ...rest,
    source: { value: isPackedTable(source.value) ? unpackTable(source.value) : source.value },
  };
}

export function packResult({ data, ...rest }: ConversionResult): PackedResult {
  if (data instanceof Uint8Array) return { ...rest, data: movable(data) };
  if (data instanceof ColumnTable) return { ...rest, data: packTable(data) };
  throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'only bytes and columns can move to another thread');
}

/** A small Buffer is a piece of Node's own pool, which cannot be moved. */
function movable(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) && bytes.length < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}

/** The result that a worker sent, checked. */
export function unpackResult(packed: unknown): ConversionResult {
  if (!isPackedResult(packed)) {
    throw new ConversionError('ERR_PERF_CONVERT_FAILED', 'the executor returned something that is no result');
  }
  const { data, ...rest } = packed;
  return { ...rest, data: isPackedTable(data) ? unpackTable(data) : data };
}

/** Every buffer of a result once, for moving. Shared memory stays where it is. */
export function resultBuffers({ data }: PackedResult): ArrayBuffer[] {
  const views = data instanceof Uint8Array ? [data] : data.table.flatMap(columnBuffers);
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer } of views) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  return [...buffers];
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

function isPackedResult(value: unknown): value is PackedResult {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('route' in value)) return false;
  return value.data instanceof Uint8Array || isPackedTable(value.data);
}
