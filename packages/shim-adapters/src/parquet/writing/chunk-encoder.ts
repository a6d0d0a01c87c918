import { crc32 } from 'node:zlib';
import { ByteSink } from '../../table/byte-sink.js';
import type { ColumnType } from '../../table/column.js';
import type { Compressor } from '../compression/compressor.js';
import { ENCODING, lengthOf, type PageValues } from '../pages/page-values.js';
import type { Codec, SchemaElement } from '../schema-element.js';
import { ThriftWriter } from '../thrift/thrift-writer.js';
import { boundsOf, type Bounds } from './chunk-statistics.js';
import { writePlain } from './plain-writer.js';
import { writeRunLengths } from './run-length-writer.js';
import type { StoredRows } from './stored-rows.js';
import { dictionaryOf, type ValueDictionary } from './value-dictionary.js';

/** The pages of one column of a row group, and what the footer tells of them. */
export interface EncodedChunk {
  readonly element: SchemaElement;
  readonly pages: readonly Uint8Array[];
  readonly codec: Codec;
  readonly encodings: readonly number[];
  readonly rows: number;
  readonly nulls: number;
  readonly bounds: Bounds;
  /** Bytes of the dictionary page, with which the chunk begins; 0 without one. */
  readonly dictionaryBytes: number;
  readonly storedBytes: number;
  readonly plainBytes: number;
}

const PAGE_ROWS = 65_536;
const PAGE_BYTES = 2 ** 20;
/** What is left of the first page must be less than this for compression to be worth the time of every reader. */
const WORTH = 0.9;
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

/** Encodes rows of a column: as a dictionary where values repeat, plainly otherwise, in pages of the first version. */
export function encodeChunk(
  element: SchemaElement,
  type: ColumnType,
  stored: StoredRows,
  compressor: Compressor,
): EncodedChunk {
  const dictionary = dictionaryOf(stored.values, stored.indices);
  const bodies = dataBodies(element, stored, dictionary);
  const { codec, compress } = worthwhile(compressor, bodies[0]?.body);
  const pages: Uint8Array[] = [];
  let plainBytes = 0;
  const addPage = (body: Uint8Array, details: (thrift: ThriftWriter) => void, kind: number): void => {
    const data = compress(body);
    const header = pageHeader(kind, body.length, data, details);
    plainBytes += header.length + body.length;
    pages.push(header, data);
  };
  if (dictionary !== undefined) {
    const { values } = dictionary;
    const count = lengthOf(values);
    const sink = new ByteSink(1024);
    writePlain(sink, values, 0, count, isFixed(element));
    addPage(
      sink.finish(),
      (thrift) => {
        dictionaryDetails(thrift, count);
      },
      DICTIONARY_PAGE,
    );
  }
  const dictionaryBytes = sizeOf(pages);
  const encoding = dictionary === undefined ? ENCODING.plain : ENCODING.dictionary;
  for (const { rows, body } of bodies)
    addPage(
      body,
      (thrift) => {
        dataDetails(thrift, rows, encoding);
      },
      DATA_PAGE,
    );
  return {
    element,
    pages,
    codec,
    encodings: [...new Set([ENCODING.plain, ENCODING.runLengths, encoding])],
    rows: stored.rows,
    nulls: stored.rows - (dictionary?.indices.length ?? lengthOf(stored.values)),
    bounds: boundsOf(type, dictionary?.values ?? stored.values),
    dictionaryBytes,
    storedBytes: sizeOf(pages),
    plainBytes,
  };
}

/** The compressor, unless it makes a first page hardly smaller; then pages are stored as they are. */
function worthwhile({ codec, compress }: Compressor, first: Uint8Array | undefined): Compressor {
  const compressed = first === undefined ? undefined : compress(first);
  if (first === undefined || compressed === undefined || compressed.length >= first.length * WORTH) {
    return { codec: 'UNCOMPRESSED', compress: (bytes) => bytes };
  }
  return { codec, compress: (bytes) => (bytes === first ? compressed : compress(bytes)) };
}

interface DataBody {
  readonly rows: number;
  readonly body: Uint8Array;
}

/** What the data pages hold before compression: which rows are there, then their values. */
function dataBodies(
  element: SchemaElement,
  { rows, flags, values }: StoredRows,
  dictionary: ValueDictionary | undefined,
): DataBody[] {
  const bodies: DataBody[] = [];
  const width = dictionary === undefined ? 0 : indexWidth(lengthOf(dictionary.values));
  for (let row = 0, first = 0; row < rows;) {
    const sink = new ByteSink(2 ** 16);
    const { end, last } = pageEnd(row, first, rows, flags, dictionary === undefined ? values : undefined);
    if (element.repetition !== 'REQUIRED') writeLevels(sink, flags?.subarray(row, end), end - row);
    if (dictionary === undefined) writePlain(sink, values, first, last, isFixed(element));
    else {
      sink.byte(width);
      writeRunLengths(sink, dictionary.indices.subarray(first, last), width);
    }
    bodies.push({ rows: end - row, body: sink.finish() });
    [row, first] = [end, last];
  }
  return bodies;
}

/** Where a page ends that begins with row `row` and value `first`: before its rows or bytes become too many. */
function pageEnd(
  row: number,
  first: number,
  rows: number,
  flags: Uint8Array | undefined,
  values: PageValues | undefined,
): { readonly end: number; readonly last: number } {
  const until = Math.min(rows, row + PAGE_ROWS);
  const isVaried = values?.kind === 'runs';
  if (flags === undefined && !isVaried) return { end: until, last: first + until - row };
  let end = row;
  let last = first;
  let bytes = 0;
  while (end < until && bytes < PAGE_BYTES) {
    if (flags === undefined || flags[end] === 1) {
      if (isVaried) bytes += (values.runs.ends[last] ?? 0) - (values.runs.starts[last] ?? 0);
      last += 1;
    }
    end += 1;
  }
  return { end, last };
}

/** A byte a row as runs, after their length in four bytes. */
function writeLevels(sink: ByteSink, flags: Uint8Array | undefined, rows: number): void {
  const levels = new ByteSink(64);
  writeRunLengths(levels, flags ?? new Uint8Array(rows).fill(1), 1);
  sink.uint32(levels.length);
  sink.bytes(levels.finish());
}

/** Bits that the index of any entry fits into; never 0, which some readers do not take. */
function indexWidth(entries: number): number {
  return Math.max(1, 32 - Math.clz32(entries - 1));
}

function isFixed({ physical }: SchemaElement): boolean {
  return physical === 'FIXED_LEN_BYTE_ARRAY';
}

function pageHeader(
  kind: number,
  plainBytes: number,
  data: Uint8Array,
  details: (thrift: ThriftWriter) => void,
): Uint8Array {
  const sink = new ByteSink(64);
  const thrift = new ThriftWriter(sink);
  thrift.whole(() => {
    thrift.i32(1, kind);
    thrift.i32(2, plainBytes);
    thrift.i32(3, data.length);
    thrift.i32(4, crc32(data) | 0);
    details(thrift);
  });
  return sink.finish();
}

function dataDetails(thrift: ThriftWriter, rows: number, encoding: number): void {
  thrift.struct(5, () => {
    thrift.i32(1, rows);
    thrift.i32(2, encoding);
    thrift.i32(3, ENCODING.runLengths);
    thrift.i32(4, ENCODING.runLengths);
  });
}

function dictionaryDetails(thrift: ThriftWriter, entries: number): void {
  thrift.struct(7, () => {
    thrift.i32(1, entries);
    thrift.i32(2, ENCODING.plain);
  });
}

function sizeOf(pages: readonly Uint8Array[]): number {
  return pages.reduce((sum, { length }) => sum + length, 0);
}
