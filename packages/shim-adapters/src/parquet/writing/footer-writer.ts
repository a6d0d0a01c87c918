import type { ByteSink } from '../../table/byte-sink.js';
import {
  CODECS,
  CONVERTED_TYPES,
  LOGICAL_KINDS,
  PHYSICAL_TYPES,
  REPETITIONS,
  TIME_UNITS,
  type LogicalType,
  type SchemaElement,
} from '../schema-element.js';
import { ThriftWriter } from '../thrift/thrift-writer.js';
import type { EncodedChunk } from './chunk-encoder.js';

/** A column of a row group without its pages: where they are in the file. */
export interface WrittenChunk extends Omit<EncodedChunk, 'pages'> {
  readonly offset: number;
}

export interface WrittenGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

/** Dictionaries under their newer name, and types of the newer annotations. */
const FORMAT_VERSION = 2;
const CREATED_BY = '@perf/shim-adapters';

/** Writes what the end of a file tells of it, without its length and the magic bytes. */
export function writeFooter(
  sink: ByteSink,
  elements: readonly SchemaElement[],
  groups: readonly WrittenGroup[],
  pairs: Iterable<readonly [key: string, value: string]>,
): void {
  const thrift = new ThriftWriter(sink);
  const root: SchemaElement = { name: 'root', children: elements.length };
  thrift.whole(() => {
    thrift.i32(1, FORMAT_VERSION);
    thrift.structs(2, [root, ...elements], (element) => {
      writeElement(thrift, element);
    });
    thrift.i64(3, sum(groups.map(({ rows }) => rows)));
    thrift.structs(4, groups, (group) => {
      writeGroup(thrift, group);
    });
    thrift.structs(5, [...pairs], ([key, value]) => {
      thrift.text(1, key);
      thrift.text(2, value);
    });
    thrift.text(6, CREATED_BY);
    // Smallest and largest values are in the order of their types.
    thrift.structs(7, elements, () => {
      thrift.struct(1, () => undefined);
    });
  });
}

function writeElement(thrift: ThriftWriter, element: SchemaElement): void {
  const { physical, repetition, converted, logical } = element;
  thrift.i32(1, physical === undefined ? undefined : PHYSICAL_TYPES.indexOf(physical));
  thrift.i32(2, element.width);
  thrift.i32(3, repetition === undefined ? undefined : REPETITIONS.indexOf(repetition));
  thrift.text(4, element.name);
  thrift.i32(5, element.children);
  thrift.i32(6, converted === undefined ? undefined : CONVERTED_TYPES.indexOf(converted));
  thrift.i32(7, element.scale);
  thrift.i32(8, element.precision);
  if (logical === undefined) return;
  thrift.struct(10, () => {
    writeLogical(thrift, logical);
  });
}

function writeLogical(thrift: ThriftWriter, logical: LogicalType): void {
  const id = Object.entries(LOGICAL_KINDS).find(([, kind]) => kind === logical.kind)?.[0];
  thrift.struct(Number(id), () => {
    switch (logical.kind) {
      case 'DECIMAL':
        thrift.i32(1, logical.scale);
        thrift.i32(2, logical.precision);
        return;
      case 'TIME':
      case 'TIMESTAMP':
        thrift.bool(1, logical.isUtc);
        thrift.struct(2, () => {
          thrift.struct(TIME_UNITS.indexOf(logical.unit) + 1, () => undefined);
        });
        return;
      case 'INTEGER':
        thrift.byte(1, logical.bits);
        thrift.bool(2, logical.isSigned);
        return;
      default:
    }
  });
}

function writeGroup(thrift: ThriftWriter, { rows, chunks }: WrittenGroup): void {
  thrift.structs(1, chunks, (chunk) => {
    thrift.i64(2, 0);
    thrift.struct(3, () => {
      writeChunk(thrift, chunk);
    });
  });
  thrift.i64(2, sum(chunks.map(({ plainBytes }) => plainBytes)));
  thrift.i64(3, rows);
  thrift.i64(5, chunks[0]?.offset);
  thrift.i64(6, sum(chunks.map(({ storedBytes }) => storedBytes)));
}

function writeChunk(thrift: ThriftWriter, chunk: WrittenChunk): void {
  const { element, offset, dictionaryBytes, bounds } = chunk;
  thrift.i32(1, element.physical === undefined ? undefined : PHYSICAL_TYPES.indexOf(element.physical));
  thrift.i32s(2, chunk.encodings);
  thrift.texts(3, [element.name]);
  thrift.i32(4, CODECS.indexOf(chunk.codec));
  thrift.i64(5, chunk.rows);
  thrift.i64(6, chunk.plainBytes);
  thrift.i64(7, chunk.storedBytes);
  thrift.i64(9, offset + dictionaryBytes);
  thrift.i64(11, dictionaryBytes === 0 ? undefined : offset);
  thrift.struct(12, () => {
    thrift.i64(3, chunk.nulls);
    thrift.binary(5, bounds.max);
    thrift.binary(6, bounds.min);
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
