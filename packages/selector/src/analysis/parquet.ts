import type { DataCharacteristics } from '../characteristics.js';
import type { RandomAccess } from './random-access.js';
import { readThrift, type ThriftStruct, type ThriftValue } from './thrift.js';

/** Footers up to here are read. */
const MAX_FOOTER = 16 * 2 ** 20;

/** Field numbers of the footer; see parquet.thrift of the Parquet format. */
const FILE = { schema: 2, rows: 3, groups: 4 };
const ELEMENT = { type: 1, children: 5, converted: 6, logical: 10 };
const GROUP = { columns: 1 };
const CHUNK = { meta: 3 };
const META = { values: 5, uncompressed: 6, compressed: 7, statistics: 12 };
const STATISTICS = { nulls: 3 };

const TEXT_TYPE = 6;
const NUMBER_TYPES = [1, 2, 4, 5];
const TIME_TYPES = [3];
/** DATE, TIME_MILLIS, TIME_MICROS, TIMESTAMP_MILLIS, TIMESTAMP_MICROS; and those of the union of logical types. */
const CONVERTED_TIMES = [6, 7, 8, 9, 10];
const LOGICAL_TIMES = [6, 7, 8];

/** What the footer of a Parquet file tells; undefined where it is none. No value is read. */
export async function analyzeParquet(source: RandomAccess): Promise<DataCharacteristics | undefined> {
  const tail = Buffer.from(await source.read(Math.max(0, source.size - 8), 8));
  if (tail.length < 8 || tail.toString('latin1', 4) !== 'PAR1') return undefined;
  const length = tail.readUInt32LE(0);
  if (length > MAX_FOOTER || length > source.size - 8) return undefined;
  try {
    const footer = readThrift(await source.read(source.size - 8 - length, length));
    return described(footer, source.size);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function described(footer: ThriftStruct, bytes: number): DataCharacteristics {
  const leaves = structs(footer.get(FILE.schema)).filter(
    (element) => number(element, ELEMENT.children) === 0,
  );
  const groups = structs(footer.get(FILE.groups));
  const chunks = groups.flatMap((group) =>
    structs(group.get(GROUP.columns)).flatMap((chunk) => structs([chunk.get(CHUNK.meta) ?? 0])),
  );
  const rows = number(footer, FILE.rows);
  const values = total(chunks, META.values);
  const nulls = chunks.reduce(
    (sum, meta) => sum + total(structs([meta.get(META.statistics) ?? 0]), STATISTICS.nulls),
    0,
  );
  const uncompressed = total(chunks, META.uncompressed);
  const kinds = leaves.map(kindOf);
  const count = (kind: string): number => kinds.filter((one) => one === kind).length;
  return {
    bytes,
    rows,
    columns: leaves.length,
    numericColumns: count('number'),
    textColumns: count('text'),
    temporalColumns: count('time'),
    nullRatio: values === 0 ? 0 : Math.min(1, nulls / values),
    sparsity: 0,
    cardinality: 0,
    compressibility: uncompressed === 0 ? 0 : Math.max(0, 1 - total(chunks, META.compressed) / uncompressed),
    sortedness: 0,
    splittable: groups.length > 1,
    sampledRows: 0,
    sampled: 'the footer: no values, so nothing is known of sparsity, cardinality and order',
  };
}

function kindOf(element: ThriftStruct): 'number' | 'text' | 'time' | 'other' {
  const type = number(element, ELEMENT.type);
  const [logical] = structs([element.get(ELEMENT.logical) ?? 0]);
  const isTime =
    (element.has(ELEMENT.converted) && CONVERTED_TIMES.includes(number(element, ELEMENT.converted))) ||
    LOGICAL_TIMES.some((field) => logical?.has(field) === true) ||
    TIME_TYPES.includes(type);
  if (isTime) return 'time';
  if (type === TEXT_TYPE) return 'text';
  return NUMBER_TYPES.includes(type) ? 'number' : 'other';
}

function structs(value: ThriftValue | undefined): ThriftStruct[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is ThriftStruct => one instanceof Map);
}

function number(struct: ThriftStruct, field: number): number {
  const value = struct.get(field);
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}

function total(all: readonly ThriftStruct[], field: number): number {
  return all.reduce((sum, one) => sum + number(one, field), 0);
}
