import type { Checksum } from '../checksum.js';
import { isTypedArray, type Content, type TypedArray } from '../element-type.js';
import { CompressionError, corrupt } from '../errors.js';
import { allocate } from '../memory.js';
import { ARCHIVE_HEADER_BYTES, readIndex, writeIndex, type IndexEntry } from './archive.js';
import { knownKind, type Column, type Columns } from './column.js';
import { packColumn, unpackColumn, type PackedColumn } from './packing.js';

/** What is known of a column in an archive without reading it. */
export interface ColumnInfo {
  readonly name: string;
  readonly kind: IndexEntry['kind'];
  /** Bytes that it takes in the archive. */
  readonly bytes: number;
}

/** A column of an archive and its frames, which are views of the archive. */
interface StoredColumn {
  readonly entry: IndexEntry;
  readonly frames: readonly Uint8Array[];
}

/** Columns as arrays that are to be compressed one by one. Raises `INPUT` for what are no columns. */
export function packColumns(columns: Columns): readonly PackedColumn[] {
  if (!isRecord(columns)) {
    throw new CompressionError('ERR_PERF_COMPRESSION_INPUT', 'columns must be an object of named columns');
  }
  return Object.entries(columns).map(([name, column]) => packColumn(name, column));
}

/** Whether a value is a plain object of columns: what other codecs would have to take otherwise. */
export function isColumns(value: unknown): value is Columns {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const columns = Object.values(value);
  return columns.length > 0 && columns.every((column) => knownKind(column) !== undefined);
}

/** All arrays of all columns, in the order of their frames. */
export function arraysOf(columns: readonly PackedColumn[]): readonly TypedArray[] {
  return columns.flatMap(({ arrays }) => arrays);
}

/** The parts of an archive: header and index, then the frames. */
export function archiveParts(
  columns: readonly PackedColumn[],
  frames: readonly Uint8Array[],
  checksum: Checksum,
): Uint8Array[] {
  let next = 0;
  const entries = columns.map(({ name, kind, texts, arrays }): IndexEntry => {
    const own = frames.slice(next, next + arrays.length).map(({ byteLength }) => byteLength);
    next += arrays.length;
    return { name, kind, ...(texts === undefined ? {} : { texts }), frames: own };
  });
  return [writeIndex(entries, checksum), ...frames];
}

/** Parts one behind the other. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(allocate(parts.reduce((sum, part) => sum + part.byteLength, 0)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** What an archive holds, by its index alone. */
export function listColumns(archive: Uint8Array, checksum: Checksum): readonly ColumnInfo[] {
  return readIndex(archive, checksum).entries.map(({ name, kind, frames }) =>
    Object.freeze({ name, kind, bytes: frames.reduce((sum, bytes) => sum + bytes, 0) }),
  );
}

/** The columns of these names, or all. Raises `INPUT` for a name that the archive does not have. */
export function storedColumns(
  archive: Uint8Array,
  names: readonly string[] | undefined,
  checksum: Checksum,
): readonly StoredColumn[] {
  const { entries, framesOffset } = readIndex(archive, checksum);
  let at = framesOffset;
  const stored = entries.map((entry): StoredColumn => {
    const frames = entry.frames.map((bytes) => archive.subarray(at, (at += bytes)));
    return { entry, frames };
  });
  if (names === undefined) return stored;
  return names.map((name) => {
    const found = stored.find(({ entry }) => entry.name === name);
    if (found !== undefined) return found;
    throw new CompressionError(
      'ERR_PERF_COMPRESSION_INPUT',
      `the archive has no column '${name}'; it has ${entries.map((entry) => `'${entry.name}'`).join(', ')}`,
    );
  });
}

/** The parts of an archive as one, checked against its index. Raises `CORRUPT` for other parts. */
export function archiveOf(parts: readonly Uint8Array[]): Uint8Array {
  const [index] = parts;
  if (index === undefined || index.byteLength < ARCHIVE_HEADER_BYTES)
    throw corrupt('the parts have no index');
  return joinParts(parts);
}

/** Columns of their decompressed frames, in the order of `stored`. */
export function unpackColumns(stored: readonly StoredColumn[], contents: readonly Content[]): Columns {
  let next = 0;
  return Object.fromEntries(
    stored.map(({ entry, frames }): [string, Column] => {
      const own = contents.slice(next, next + frames.length);
      next += frames.length;
      return [entry.name, unpackColumn(entry, own)];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTypedArray(value);
}
