import type { ResolvedLimits } from '../limits.js';
import { beyondLimit } from '../limits.js';
import { brokenMessage, FlatTable } from './flat-buffer.js';

/** `MessageHeader` in Message.fbs. */
const SCHEMA = 1;
const DICTIONARY = 2;
const RECORDS = 3;
/** Slots of a table, in the order of the .fbs files of the format. */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3 } as const;
const SCHEMA_SLOTS = { endianness: 0, fields: 1, metadata: 2 } as const;
const FIELD = { name: 0, typeId: 2, type: 3, dictionary: 4, children: 5, metadata: 6 } as const;
const BATCH = { length: 0, nodes: 1, buffers: 2, compression: 3, variadic: 4 } as const;
const DICTIONARY_BATCH = { id: 0, data: 1, isDelta: 2 } as const;
const FOOTER = { schema: 1, dictionaries: 2, records: 3 } as const;
const BLOCK_BYTES = 24;
const PAIR = { key: 0, value: 1 } as const;
const UNION = 14;
const STRUCT_BYTES = 16;
/** The magic and what fills it up to eight bytes. */
export const FILE_START = 8;

export type MessageKind = 'schema' | 'dictionary' | 'records' | 'other';

/** What a message of the IPC format says of itself (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format). */
export interface MessageHead {
  readonly kind: MessageKind;
  /** Bytes that follow the head. */
  readonly bodyBytes: number;
  /** Rows of a record batch. */
  readonly rows: number;
  readonly dictionaryId: number;
  readonly isDelta: boolean;
}

/**
 * Reads the head of a message and checks everything in it that the Arrow library is going to walk.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE`
 */
export function readHead(metadata: Uint8Array, limits: ResolvedLimits): MessageHead {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  const message = FlatTable.root(view);
  const bodyBytes = message.long(MESSAGE.bodyLength);
  const head = { bodyBytes, rows: 0, dictionaryId: 0, isDelta: false };
  const header = message.table(MESSAGE.header);
  switch (message.byte(MESSAGE.headerType)) {
    case SCHEMA:
      if (header === undefined) throw brokenMessage('it has a schema message without a schema');
      requireSchema(header, limits);
      return { ...head, kind: 'schema' };
    case DICTIONARY: {
      const data = header?.table(DICTIONARY_BATCH.data);
      if (header === undefined || data === undefined) throw brokenMessage('a dictionary has no values');
      requireBatch(data, bodyBytes, limits);
      const dictionaryId = header.long(DICTIONARY_BATCH.id);
      return {
        ...head,
        kind: 'dictionary',
        dictionaryId,
        isDelta: header.byte(DICTIONARY_BATCH.isDelta) !== 0,
      };
    }
    case RECORDS:
      if (header === undefined) throw brokenMessage('a record batch has no description');
      return { ...head, kind: 'records', rows: requireBatch(header, bodyBytes, limits) };
    default:
      return { ...head, kind: 'other' };
  }
}

function requireSchema(schema: FlatTable, limits: ResolvedLimits): void {
  if (schema.short(SCHEMA_SLOTS.endianness) !== 0) {
    throw brokenMessage('it is big-endian, which is not read; write it in little-endian order');
  }
  requirePairs(schema, SCHEMA_SLOTS.metadata);
  const seen = { fields: 0 };
  for (const field of schema.tables(SCHEMA_SLOTS.fields)) requireField(field, 1, seen, limits);
}

/** Tables may be shared, so their number is bounded as well as their depth. */
function requireField(
  field: FlatTable,
  depth: number,
  seen: { fields: number },
  limits: ResolvedLimits,
): void {
  seen.fields += 1;
  if (seen.fields > limits.columns) {
    throw beyondLimit('the Arrow schema has more fields than the limit', 'columns', limits.columns);
  }
  if (depth > limits.nesting) {
    throw beyondLimit('the Arrow schema is nested more deeply than the limit', 'nesting', limits.nesting);
  }
  field.vector(FIELD.name, 1);
  requirePairs(field, FIELD.metadata);
  const type = field.table(FIELD.type);
  if (type !== undefined && field.byte(FIELD.typeId) === UNION) type.vector(1, 4);
  field.table(FIELD.dictionary)?.table(1);
  for (const child of field.tables(FIELD.children)) requireField(child, depth + 1, seen, limits);
}

function requirePairs(table: FlatTable, slot: number): void {
  for (const pair of table.tables(slot)) {
    pair.vector(PAIR.key, 1);
    pair.vector(PAIR.value, 1);
  }
}

/** Every buffer lies within the body. Gives the rows. */
function requireBatch(batch: FlatTable, bodyBytes: number, limits: ResolvedLimits): number {
  const rows = batch.long(BATCH.length);
  if (rows > limits.rows) throw beyondLimit(`the Arrow data has ${String(rows)} rows`, 'rows', limits.rows);
  const nodes = batch.vector(BATCH.nodes, STRUCT_BYTES);
  for (let i = 0; i < nodes.count; i++) batch.longAt(nodes.from + i * STRUCT_BYTES);
  const buffers = batch.vector(BATCH.buffers, STRUCT_BYTES);
  for (let i = 0; i < buffers.count; i++) {
    const at = buffers.from + i * STRUCT_BYTES;
    const offset = batch.longAt(at);
    const length = batch.longAt(at + 8);
    if (offset + length > bodyBytes) throw brokenMessage('a buffer lies outside of its record batch');
  }
  batch.table(BATCH.compression);
  const variadic = batch.vector(BATCH.variadic, 8);
  for (let i = 0; i < variadic.count; i++) {
    if (batch.longAt(variadic.from + i * 8) > buffers.count) {
      throw brokenMessage('a column of views claims more buffers than there are');
    }
  }
  return rows;
}

/**
 * Checks the footer of a file: its schema, and the heads of all messages it points to.
 * @param bytes the whole file
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE`
 */
export function requireFile(bytes: Uint8Array, magic: Uint8Array, limits: ResolvedLimits): void {
  const end = bytes.length - magic.length - 4;
  const closed = end >= FILE_START && bytes.subarray(end + 4).every((byte, i) => byte === magic[i]);
  if (!closed) throw brokenMessage('the file has no footer; it was cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getInt32(end, true);
  if (length < 4 || length > end - FILE_START) throw brokenMessage('its footer lies outside of the file');
  const footer = FlatTable.root(new DataView(bytes.buffer, bytes.byteOffset + end - length, length));
  const schema = footer.table(FOOTER.schema);
  if (schema === undefined) throw brokenMessage('there is no schema');
  requireSchema(schema, limits);
  for (const slot of [FOOTER.dictionaries, FOOTER.records]) {
    const blocks = footer.vector(slot, BLOCK_BYTES);
    for (let i = 0; i < blocks.count; i++) requireBlock(footer.longAt(blocks.from + i * BLOCK_BYTES));
  }

  function requireBlock(at: number): void {
    if (at + 8 > end) throw brokenMessage('a record batch lies outside of the file');
    const marked = view.getUint32(at, true) === 0xff_ff_ff_ff;
    const start = at + (marked ? 8 : 4);
    const headEnd = start + view.getInt32(start - 4, true);
    if (headEnd < start || headEnd > end) throw brokenMessage('a record batch lies outside of the file');
    const { bodyBytes } = readHead(bytes.subarray(start, headEnd), limits);
    if (headEnd + bodyBytes > end) throw brokenMessage('a record batch lies outside of the file');
  }
}
