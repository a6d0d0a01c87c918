import type { DataCharacteristics } from '../characteristics.js';
import type { RandomAccess } from './random-access.js';

/**
 * What the messages of Arrow IPC tell, stream or file; see Message.fbs and Schema.fbs of the Arrow format. The headers
 * are walked, the bodies stepped over.
 */

/** Messages that are looked at, at most, and bytes of the header of one. */
const MAX_MESSAGES = 1000;
const MAX_HEADER = 2 ** 20;
const CONTINUATION = 0xffffffff;

/** Kinds of messages. */
const SCHEMA = 1;
const RECORD_BATCH = 3;

const NUMBER_TYPES = [2, 3, 7];
const TEXT_TYPES = [5, 20, 24];
const TIME_TYPES = [8, 9, 10, 11, 18];

/** What was found so far. */
interface Found {
  types: readonly number[];
  rows: number;
  values: number;
  nulls: number;
  batches: number;
}

/** undefined where it is no Arrow IPC. */
export async function analyzeArrowIpc(source: RandomAccess): Promise<DataCharacteristics | undefined> {
  const start = Buffer.from(await source.read(0, 8));
  const isFile = start.toString('latin1', 0, 6) === 'ARROW1';
  if (!isFile && (start.length < 8 || start.readUInt32LE(0) !== CONTINUATION)) return undefined;
  const found: Found = { types: [], rows: 0, values: 0, nulls: 0, batches: 0 };
  let at = isFile ? 8 : 0;
  let messages = 0;
  for (; messages < MAX_MESSAGES; messages++) {
    const prefix = Buffer.from(await source.read(at, 8));
    if (prefix.length < 8 || prefix.readUInt32LE(0) !== CONTINUATION) break;
    const length = prefix.readInt32LE(4);
    if (length <= 0 || length > MAX_HEADER) break;
    try {
      at += 8 + length + note(found, Buffer.from(await source.read(at + 8, length)));
    } catch (error) {
      if (error instanceof RangeError) break;
      throw error;
    }
    if (at >= source.size) break;
  }
  if (found.types.length === 0) return undefined;
  const isWhole = messages < MAX_MESSAGES;
  const rows = isWhole || at === 0 ? found.rows : Math.round((found.rows * source.size) / at);
  return described(found, rows, source.size);
}

function described(found: Found, rows: number, bytes: number): DataCharacteristics {
  const count = (types: readonly number[]): number =>
    found.types.filter((type) => types.includes(type)).length;
  return {
    bytes,
    rows,
    columns: found.types.length,
    numericColumns: count(NUMBER_TYPES),
    textColumns: count(TEXT_TYPES),
    temporalColumns: count(TIME_TYPES),
    nullRatio: found.values === 0 ? 0 : Math.min(1, found.nulls / found.values),
    sparsity: 0,
    cardinality: 0,
    compressibility: 0,
    sortedness: 0,
    splittable: found.batches > 1,
    sampledRows: 0,
    sampled: 'the headers of its messages: no values, so nothing is known of sparsity, cardinality and order',
  };
}

/** Takes what one header tells. @returns the bytes of its body. @throws RangeError where it is none */
function note(found: Found, header: Buffer): number {
  const message = header.readUInt32LE(0);
  const kind = byteField(header, message, 1);
  const table = indirect(header, message, 2);
  if (table !== undefined && kind === SCHEMA) {
    found.types = vector(header, table, 1).map((field) =>
      byteField(header, field + header.readUInt32LE(field), 2),
    );
  }
  if (table !== undefined && kind === RECORD_BATCH) {
    found.batches += 1;
    found.rows += counted(longField(header, table, 0));
    const nodes = indirect(header, table, 1);
    const count = nodes === undefined ? 0 : header.readUInt32LE(nodes);
    for (let i = 0; nodes !== undefined && i < count; i++) {
      found.values += counted(header.readBigInt64LE(nodes + 4 + i * 16));
      found.nulls += counted(header.readBigInt64LE(nodes + 12 + i * 16));
    }
  }
  return counted(longField(header, message, 3));
}

/** A number of rows or bytes. @throws RangeError where it cannot be one */
function counted(value: bigint): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new RangeError('a number of rows or bytes is none');
}

/** Where a field of a table lies, or undefined where it has its default. */
function place(header: Buffer, table: number, field: number): number | undefined {
  const fields = table - header.readInt32LE(table);
  const offset = 4 + 2 * field;
  if (offset >= header.readUInt16LE(fields)) return undefined;
  const at = header.readUInt16LE(fields + offset);
  return at === 0 ? undefined : table + at;
}

function byteField(header: Buffer, table: number, field: number): number {
  const at = place(header, table, field);
  return at === undefined ? 0 : header.readUInt8(at);
}

function longField(header: Buffer, table: number, field: number): bigint {
  const at = place(header, table, field);
  return at === undefined ? 0n : header.readBigInt64LE(at);
}

function indirect(header: Buffer, table: number, field: number): number | undefined {
  const at = place(header, table, field);
  return at === undefined ? undefined : at + header.readUInt32LE(at);
}

/** Where the elements of a vector of tables are pointed to. */
function vector(header: Buffer, table: number, field: number): number[] {
  const start = indirect(header, table, field);
  if (start === undefined) return [];
  const length = header.readUInt32LE(start);
  if (length > header.length / 4) throw new RangeError('a vector ends beyond the end');
  return Array.from({ length }, (_, i) => start + 4 + 4 * i);
}
