import type { ByteReader } from './byte-reader.js';

/** What the bytes before each page tell (https://parquet.apache.org/docs/file-format/data-pages/). */
export interface PageHeader {
  readonly kind: 'data' | 'data-v2' | 'dictionary' | 'other';
  /** Bytes of the page in the file, without this header. */
  readonly storedBytes: number;
  /** Bytes of the page before compression. */
  readonly plainBytes: number;
  /** CRC-32 of the page as stored. */
  readonly crc: number | undefined;
  /** Values in it, nulls included. */
  readonly values: number;
  readonly encoding: number;
  /** How definition levels are stored in a page of the first version. */
  readonly levelEncoding: number;
  /** For pages of the second version. */
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
  readonly isCompressed: boolean;
}

const KINDS = ['data', 'other', 'dictionary', 'data-v2'] as const;
const RLE = 3;
/** Fields of a page header that are structs, by kind of page. */
const DATA = 5;
const DICTIONARY = 7;
const DATA_V2 = 8;
const STRUCT = 12;
const DEPTH = 16;

/** Reads the header of a page, in the compact protocol of Thrift. Fields it does not know are passed over. */
export function readPageHeader(reader: ByteReader): PageHeader {
  const outer = new Map<number, number>();
  let inner: ReadonlyMap<number, number> = new Map();
  eachField(reader, (id, type) => {
    if (type !== STRUCT) return readInteger(reader, id, type, outer);
    if (id !== DATA && id !== DICTIONARY && id !== DATA_V2) return false;
    const fields = new Map<number, number>();
    eachField(reader, (innerId, innerType) => readInteger(reader, innerId, innerType, fields));
    inner = fields;
    return true;
  });
  const kind = KINDS[outer.get(1) ?? -1] ?? 'other';
  const isV2 = kind === 'data-v2';
  return {
    kind,
    plainBytes: count(outer.get(2)),
    storedBytes: count(outer.get(3)),
    crc: outer.get(4),
    values: kind === 'other' ? 0 : count(inner.get(1)),
    encoding: inner.get(isV2 ? 4 : 2) ?? 0,
    levelEncoding: isV2 ? RLE : (inner.get(3) ?? RLE),
    definitionBytes: isV2 ? count(inner.get(5)) : 0,
    repetitionBytes: isV2 ? count(inner.get(6)) : 0,
    isCompressed: !isV2 || inner.get(7) !== 0,
  };
}

/** Field by field until the stop; those that `take` does not read are passed over. */
function eachField(reader: ByteReader, take: (id: number, type: number) => boolean, depth = 0): void {
  if (depth > DEPTH) throw new RangeError('a page header is nested too deep');
  let id = 0;
  for (;;) {
    const head = reader.byte();
    const type = head & 0x0f;
    if (type === 0) return;
    const step = head >>> 4;
    id = step === 0 ? reader.zigzag() : id + step;
    if (!take(id, type)) skip(reader, type, depth);
  }
}

function readInteger(reader: ByteReader, id: number, type: number, into: Map<number, number>): boolean {
  switch (type) {
    case 1:
    case 2:
      into.set(id, type === 1 ? 1 : 0);
      return true;
    case 4:
    case 5:
      into.set(id, reader.zigzag());
      return true;
    default:
      return false;
  }
}

function skip(reader: ByteReader, type: number, depth: number): void {
  switch (type) {
    case 1:
    case 2:
      return;
    case 3:
      reader.byte();
      return;
    case 4:
    case 5:
    case 6:
      reader.wideZigzag();
      return;
    case 7:
      reader.take(8);
      return;
    case 8:
      reader.take(reader.varint());
      return;
    case 9:
    case 10: {
      const head = reader.byte();
      const elements = head >>> 4 === 15 ? reader.varint() : head >>> 4;
      // Booleans within a list take a byte each.
      const element = (head & 0x0f) <= 2 ? 3 : head & 0x0f;
      for (let i = 0; i < elements; i++) skip(reader, element, depth + 1);
      return;
    }
    case STRUCT:
      eachField(reader, () => false, depth + 1);
      return;
    default:
      throw new RangeError('a page header is none');
  }
}

function count(value: number | undefined): number {
  if (value === undefined || value < 0) throw new RangeError('a page header lacks a size');
  return value;
}
