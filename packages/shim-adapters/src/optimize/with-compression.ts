import { ConversionError } from '../errors.js';
import type { ConversionResult } from '../result.js';
import { columnBuffers, type Column, type DecimalColumn, type FixedValues } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { CompressibleArray, CompressorLike, ValueCodec } from './ports.js';

/**
 * Keeps conversion results compressed: what a cache takes as its `compression`. Bytes (csv, json, ndjson, parquet,
 * arrow-ipc) and column tables are encoded, each buffer as a frame of its own and of its own element type; rows
 * and Arrow tables are left as they are. Everything is in frames, so that damage anywhere is noticed.
 */
export function withCompression(compressor: CompressorLike): ValueCodec<ConversionResult> {
  return {
    async encode(result) {
      const packed = pack(result);
      if (packed === undefined) return undefined;
      const header = Buffer.from(JSON.stringify(packed.header), 'utf8');
      return Promise.all([header, ...packed.buffers].map((buffer) => compressor.compress(buffer)));
    },
    async decode(frames) {
      return unpack(await Promise.all(frames.map((frame) => compressor.decompress(frame))));
    },
    decodeSync(frames) {
      return unpack(frames.map((frame) => compressor.decompressSync(frame)));
    },
  };
}

interface Packed {
  readonly header: { readonly result: Omit<ConversionResult, 'data'>; readonly table: TableHeader | null };
  readonly buffers: readonly CompressibleArray[];
}

interface TableHeader {
  readonly length: number;
  readonly metadata: readonly (readonly [string, string])[];
  readonly columns: readonly ColumnHeader[];
}

/** A column without its buffers; `validity` tells whether a bitmap follows. */
type ColumnHeader = Pick<Column, 'layout' | 'field' | 'length' | 'nullCount'> & {
  readonly validity: boolean;
  /** The columns that make it up: the dictionary, the child of a list, the children of a struct. */
  readonly parts?: readonly ColumnHeader[];
  readonly words?: DecimalColumn['words'];
};

function pack({ data, ...result }: ConversionResult): Packed | undefined {
  if (!isPlain(result)) return undefined;
  if (data instanceof Uint8Array) return { header: { result, table: null }, buffers: [data] };
  if (!(data instanceof ColumnTable)) return undefined;
  const table: TableHeader = {
    length: data.length,
    metadata: [...data.metadata],
    columns: data.columns.map(columnHeader),
  };
  return { header: { result, table }, buffers: data.columns.flatMap(columnBuffers) };
}

/** What JSON gives back unchanged; anything else, in the metadata say, keeps its result uncompressed. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value))
    return Object.keys(value).length === value.length && Object.values(value).every(isPlain);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Reflect.ownKeys(value).length === Object.keys(value).length && Object.values(value).every(isPlain);
}

function columnHeader(column: Column): ColumnHeader {
  const { layout, field, length, nullCount, validity } = column;
  const base = { layout, field, length, nullCount, validity: validity !== undefined };
  switch (column.layout) {
    case 'dictionary':
      return { ...base, parts: [columnHeader(column.dictionary)] };
    case 'list':
      return { ...base, parts: [columnHeader(column.child)] };
    case 'struct':
      return { ...base, parts: column.children.map(columnHeader) };
    case 'decimal':
      return { ...base, words: column.words };
    default:
      return base;
  }
}

function unpack(frames: readonly unknown[]): ConversionResult {
  const [header, ...buffers] = frames.map(asArray);
  const { result, table } = readHeader(header);
  const data = table === null ? next(buffers) : restoreTable(table, buffers);
  if (buffers.length > 0) throw damaged();
  return { ...result, data };
}

function restoreTable(table: TableHeader, queue: CompressibleArray[]): ColumnTable {
  const columns = table.columns.map((header) => restoreColumn(header, queue));
  return new ColumnTable(columns, table.length, new Map(table.metadata));
}

/** Takes the buffers of a column in the order in which `columnBuffers` lists them. */
function restoreColumn(header: ColumnHeader, queue: CompressibleArray[]): Column {
  const { field, length, nullCount } = header;
  const base = { field, length, nullCount };
  const bitmap = (): Uint8Array | undefined => (header.validity ? bytes(next(queue)) : undefined);
  switch (header.layout) {
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
      const [dictionary] = restoreParts(header, queue);
      if (dictionary?.layout !== 'text') throw damaged();
      return { ...base, layout: 'dictionary', indices, dictionary, validity: bitmap() };
    }
    case 'decimal': {
      const values = next(queue);
      if (!(values instanceof BigUint64Array) || header.words === undefined) throw damaged();
      return { ...base, layout: 'decimal', words: header.words, values, validity: bitmap() };
    }
    case 'list': {
      const offsets = int32(next(queue));
      const [child] = restoreParts(header, queue);
      if (child === undefined) throw damaged();
      return { ...base, layout: 'list', offsets, child, validity: bitmap() };
    }
    case 'struct':
      return { ...base, layout: 'struct', children: restoreParts(header, queue), validity: bitmap() };
  }
}

function restoreParts({ parts = [] }: ColumnHeader, queue: CompressibleArray[]): Column[] {
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

function asArray(value: unknown): CompressibleArray {
  if (isArray(value)) return value;
  throw damaged();
}

function isArray(value: unknown): value is CompressibleArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function readHeader(header: CompressibleArray | undefined): Packed['header'] {
  if (!(header instanceof Uint8Array)) throw damaged();
  const value = parsed(Buffer.from(header).toString('utf8'));
  if (isHeader(value)) return value;
  throw damaged();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
}

function isHeader(value: unknown): value is Packed['header'] {
  return typeof value === 'object' && value !== null && 'result' in value && 'table' in value;
}

function damaged(cause?: unknown): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', 'a compressed conversion result is damaged', {
    ...(cause === undefined ? {} : { cause }),
  });
}
