import type { ByteReader } from '../thrift/byte-reader.js';
import { booleanAt, countAt, integerAt, readStruct, structAt } from '../thrift/thrift-reader.js';

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
/** The field that tells more of a page, by its kind. */
const DETAILS = { data: 5, other: 6, dictionary: 7, 'data-v2': 8 } as const;

/** Reads the header of a page. */
export function readPageHeader(reader: ByteReader): PageHeader {
  const header = readStruct(reader);
  const kind = KINDS[integerAt(header, 1) ?? 1] ?? 'other';
  const details = structAt(header, DETAILS[kind]);
  const isV2 = kind === 'data-v2';
  return {
    kind,
    plainBytes: countAt(header, 2, 'the size of a page'),
    storedBytes: countAt(header, 3, 'the size of a page'),
    crc: integerAt(header, 4),
    values: kind === 'other' ? 0 : countAt(details, 1, 'the number of values of a page'),
    encoding: integerAt(details, isV2 ? 4 : 2) ?? 0,
    levelEncoding: isV2 ? RLE : (integerAt(details, 3) ?? RLE),
    definitionBytes: isV2 ? countAt(details, 5, 'the size of its levels') : 0,
    repetitionBytes: isV2 ? countAt(details, 6, 'the size of its levels') : 0,
    isCompressed: !isV2 || booleanAt(details, 7) !== false,
  };
}
