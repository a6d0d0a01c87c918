import { ConversionError } from '../errors.js';
import type { ParquetFile } from './file.js';
import {
  CODECS,
  CONVERTED_TYPES,
  LOGICAL_KINDS,
  PHYSICAL_TYPES,
  REPETITIONS,
  TIME_UNITS,
  type Codec,
  type LogicalType,
  type PhysicalType,
  type SchemaElement,
} from './schema-element.js';
import { ByteReader } from './thrift/byte-reader.js';
import {
  booleanAt,
  countAt,
  integerAt,
  listAt,
  readStruct,
  structAt,
  structsAt,
  textAt,
  textOf,
  type ThriftStruct,
} from './thrift/thrift-reader.js';

/** What the end of a Parquet file tells of it. */
export interface ParquetFooter {
  readonly rows: number;
  /** The root, then every node before its children. */
  readonly schema: readonly SchemaElement[];
  readonly groups: readonly RowGroup[];
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

export interface RowGroup {
  readonly rows: number;
  /** A chunk for each leaf of the schema; undefined where it is in another file or encrypted. */
  readonly chunks: readonly (ChunkMetadata | undefined)[];
}

export interface ChunkMetadata {
  readonly physical: PhysicalType | undefined;
  readonly path: readonly string[];
  readonly codec: Codec | undefined;
  /** Values in it, nulls included. */
  readonly values: number;
  readonly storedBytes: number;
  readonly dataOffset: number;
  /** Undefined where the writer does not tell. */
  readonly dictionaryOffset: number | undefined;
}

const MAGIC = 'PAR1';
const ENCRYPTED = 'PARE';
const TAIL = 8;
/** What is read at once in the hope that it is all of the footer. */
const GUESS = 2 ** 19;

/** @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` */
export async function readFooter(file: ParquetFile): Promise<ParquetFooter> {
  const { byteLength: size } = file;
  if (size < TAIL + MAGIC.length) throw notParquet('it is too short');
  const guessed = new Uint8Array(await file.slice(Math.max(0, size - GUESS), size));
  const tail = Buffer.from(guessed.buffer, guessed.length - TAIL, TAIL);
  const magic = tail.toString('latin1', 4);
  if (magic === ENCRYPTED) throw notParquet('its footer is encrypted, which cannot be read');
  if (magic !== MAGIC) throw notParquet('it does not end with PAR1');
  const length = tail.readUInt32LE(0);
  if (length > size - TAIL) throw notParquet('its footer would be longer than the file');
  const whole =
    length + TAIL <= guessed.length
      ? guessed.subarray(guessed.length - TAIL - length, guessed.length - TAIL)
      : new Uint8Array(await file.slice(size - TAIL - length, size - TAIL));
  try {
    return footerOf(readStruct(new ByteReader(whole)));
  } catch (cause) {
    throw notParquet(`of its footer, ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function notParquet(reason: string, cause?: unknown): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the file is not Parquet: ${reason}`, { cause });
}

function footerOf(footer: ThriftStruct): ParquetFooter {
  const schema = structsAt(footer, 2).map(elementOf);
  if (schema.length === 0) throw new RangeError('it lacks the schema');
  return {
    rows: countAt(footer, 3, 'the number of rows'),
    schema,
    groups: structsAt(footer, 4).map((group) => ({
      rows: countAt(group, 3, 'the rows of a row group'),
      chunks: structsAt(group, 1).map(chunkOf),
    })),
    pairs: structsAt(footer, 5).map((pair) => [textAt(pair, 1) ?? '', textAt(pair, 2) ?? '']),
  };
}

function elementOf(struct: ThriftStruct): SchemaElement {
  return {
    name: textAt(struct, 4) ?? '',
    physical: PHYSICAL_TYPES[integerAt(struct, 1) ?? -1],
    width: integerAt(struct, 2),
    repetition: REPETITIONS[integerAt(struct, 3) ?? -1],
    children: integerAt(struct, 5),
    converted: CONVERTED_TYPES[integerAt(struct, 6) ?? -1],
    scale: integerAt(struct, 7),
    precision: integerAt(struct, 8),
    logical: logicalOf(structAt(struct, 10)),
  };
}

function logicalOf(union: ThriftStruct | undefined): LogicalType | undefined {
  for (const [id, kind] of Object.entries(LOGICAL_KINDS)) {
    const details = structAt(union, Number(id));
    if (details === undefined) continue;
    switch (kind) {
      case 'DECIMAL':
        return { kind, scale: integerAt(details, 1) ?? 0, precision: integerAt(details, 2) ?? 38 };
      case 'TIME':
      case 'TIMESTAMP': {
        const unit = TIME_UNITS[(structAt(details, 2)?.keys().next().value ?? 0) - 1];
        return unit === undefined ? undefined : { kind, isUtc: booleanAt(details, 1) === true, unit };
      }
      case 'INTEGER':
        return { kind, bits: integerAt(details, 1) ?? 0, isSigned: booleanAt(details, 2) === true };
      default:
        return { kind };
    }
  }
  return undefined;
}

function chunkOf(struct: ThriftStruct): ChunkMetadata | undefined {
  const metadata = structAt(struct, 3);
  if (metadata === undefined || textAt(struct, 1) !== undefined) return undefined;
  return {
    physical: PHYSICAL_TYPES[integerAt(metadata, 1) ?? -1],
    path: listAt(metadata, 3).map((part) => textOf(part) ?? ''),
    codec: CODECS[integerAt(metadata, 4) ?? -1],
    values: countAt(metadata, 5, 'the number of values of a column'),
    storedBytes: countAt(metadata, 7, 'the size of a column'),
    dataOffset: countAt(metadata, 9, 'the place of a column'),
    dictionaryOffset: integerAt(metadata, 11),
  };
}
