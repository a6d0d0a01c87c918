/**
 * What is needed of one column of one record batch, and how it is found in the tables of both Arrow libraries. They name
 * their parts differently; the buffers are the same, because the Arrow format says what they are.
 */
import { ConversionError } from '../errors.js';

/** Type ids of the Arrow format (`Type` in Schema.fbs), and -1 for a dictionary. */
export const TypeId = {
  Dictionary: -1,
  Null: 1,
  Int: 2,
  Float: 3,
  Binary: 4,
  Utf8: 5,
  Bool: 6,
  Decimal: 7,
  Date: 8,
  Time: 9,
  Timestamp: 10,
  Interval: 11,
  List: 12,
  Struct: 13,
  FixedSizeBinary: 15,
  FixedSizeList: 16,
  Map: 17,
  Duration: 18,
  LargeBinary: 19,
  LargeUtf8: 20,
  LargeList: 21,
} as const;

/** A type: its id, and what else describes it. */
export interface BatchType {
  readonly typeId: number;
  readonly bitWidth: number;
  readonly signed: boolean;
  readonly precision: number;
  readonly scale: number;
  readonly unit: number;
  readonly timezone: string | undefined;
  /** Bytes of a fixed-size binary, entries of a fixed-size list. */
  readonly stride: number;
  /** Fields of the children. */
  readonly children: readonly BatchField[];
}

export interface BatchField {
  readonly name: string;
  readonly nullable: boolean;
  readonly metadata: readonly (readonly [string, string])[];
  readonly type: BatchType;
}

/** The buffers of one column in one record batch. */
export interface ArrowBatch {
  readonly type: BatchType;
  readonly length: number;
  readonly nullCount: number;
  /** First bit of this batch in `validity` and in the values of booleans. */
  readonly bitOffset: number;
  readonly validity: Uint8Array | undefined;
  readonly values: ArrayBufferView | undefined;
  readonly offsets: Int32Array | BigInt64Array | undefined;
  readonly children: readonly ArrowBatch[];
  /** The batches of a dictionary's entries. */
  readonly dictionary: readonly ArrowBatch[];
  /** Identifies the dictionary: batches that share it share the object. */
  readonly dictionaryIdentity: unknown;
  /** The value as the library gives it, for types without a layout here. */
  readonly at: (index: number) => unknown;
}

/** A table of either library, taken apart. */
export interface BatchTable {
  readonly fields: readonly BatchField[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly rows: number;
  /** The batches of the column at an index. */
  readonly batches: (index: number) => readonly ArrowBatch[];
}

/** Takes apart a table of `@uwdata/flechette` or `apache-arrow`; undefined for anything else. */
export function batchTable(value: unknown): BatchTable | undefined {
  if (!isObject(value) || !isObject(value['schema']) || !Array.isArray(value['schema']['fields']))
    return undefined;
  const fields = value['schema']['fields'].map(fieldOf);
  const metadata = new Map(pairsOf(value['schema']['metadata']));
  const rows = numberOf(value['numRows']);
  const { batches, children } = value;
  if (Array.isArray(batches)) {
    const parts = batches.map((batch) => (isObject(batch) && isObject(batch['data']) ? batch['data'] : {}));
    return {
      fields,
      metadata,
      rows,
      batches: (index) => parts.map((part) => apacheBatch(childAt(part, index))),
    };
  }
  if (!Array.isArray(children)) return undefined;
  return { fields, metadata, rows, batches: (index) => flechetteBatches(children[index]) };
}

function childAt(part: Bag, index: number): unknown {
  return Array.isArray(part['children']) ? (part['children'][index] as unknown) : undefined;
}

function fieldOf(field: unknown): BatchField {
  const bag = isObject(field) ? field : {};
  return {
    name: typeof bag['name'] === 'string' ? bag['name'] : '',
    nullable: bag['nullable'] !== false,
    metadata: pairsOf(bag['metadata']),
    type: typeOf(bag['type']),
  };
}

function typeOf(type: unknown): BatchType {
  const bag = isObject(type) ? type : {};
  const { timezone } = bag;
  const children = Array.isArray(bag['children']) ? bag['children'] : [];
  return {
    typeId: numberOf(bag['typeId']),
    bitWidth: numberOf(bag['bitWidth']),
    signed: bag['signed'] === true || bag['isSigned'] === true,
    precision: numberOf(bag['precision']),
    scale: numberOf(bag['scale']),
    unit: numberOf(bag['unit']),
    timezone: typeof timezone === 'string' && timezone !== '' ? timezone : undefined,
    stride: numberOf(bag['stride'] ?? bag['listSize'] ?? bag['byteWidth']),
    children: children.map(fieldOf),
  };
}

function flechetteBatches(column: unknown): ArrowBatch[] {
  return isObject(column) && Array.isArray(column['data']) ? column['data'].map(flechetteBatch) : [];
}

function flechetteBatch(batch: unknown): ArrowBatch {
  const bag = isObject(batch) ? batch : {};
  const dictionary = bag['dictionary'];
  return {
    ...sharedParts(bag),
    bitOffset: 0,
    validity: bytesOf(bag['validity']),
    values: viewOf(bag['values']),
    offsets: offsetsOf(bag['offsets']),
    children: listOf(bag['children']).map(flechetteBatch),
    dictionary: flechetteBatches(dictionary),
    dictionaryIdentity: dictionary,
    at: reader(bag, 'at'),
  };
}

/** `Data` of apache-arrow. Its typed arrays are cut where a slice begins, its bitmaps are not. */
function apacheBatch(data: unknown): ArrowBatch {
  const bag = isObject(data) ? data : {};
  const dictionary = bag['dictionary'];
  const entries = isObject(dictionary) ? listOf(dictionary['data']) : [];
  return {
    ...sharedParts(bag),
    bitOffset: numberOf(bag['offset']),
    validity: bytesOf(bag['nullBitmap']),
    values: viewOf(bag['values']),
    offsets: offsetsOf(bag['valueOffsets']),
    children: listOf(bag['children']).map(apacheBatch),
    dictionary: entries.map(apacheBatch),
    dictionaryIdentity: dictionary,
    at: () => {
      throw new ConversionError(
        'ERR_PERF_CONVERT_TYPE_MISMATCH',
        'this Arrow type has no column layout here; cast it, or pass the table as arrow-ipc bytes',
      );
    },
  };
}

function sharedParts(bag: Bag): Pick<ArrowBatch, 'type' | 'length' | 'nullCount'> {
  return {
    type: typeOf(bag['type']),
    length: numberOf(bag['length']),
    nullCount: numberOf(bag['nullCount']),
  };
}

function reader(target: object, name: string): (index: number) => unknown {
  const method: unknown = Reflect.get(target, name);
  return typeof method === 'function'
    ? (index) => Reflect.apply(method, target, [index]) as unknown
    : () => null;
}

interface Bag {
  readonly [name: string]: unknown;
}

function isObject(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array && value.length > 0 ? value : undefined;
}

function viewOf(value: unknown): ArrayBufferView | undefined {
  return ArrayBuffer.isView(value) ? value : undefined;
}

function offsetsOf(value: unknown): Int32Array | BigInt64Array | undefined {
  return value instanceof Int32Array || value instanceof BigInt64Array ? value : undefined;
}

function pairsOf(value: unknown): (readonly [string, string])[] {
  return value instanceof Map
    ? [...value].map(([key, text]: [unknown, unknown]) => [String(key), String(text)] as const)
    : [];
}
