import type { FileMetaData, SchemaElement } from 'hyparquet';
import type { Field } from '../table/column.js';
import { fieldOfParquet } from './parquet-type.js';

/** A column of a file: a child of the root. Nested ones are one column each. */
export interface ParquetColumn {
  readonly name: string;
  /** Undefined where its values have no layout here. */
  readonly field: Field | undefined;
  /** Whether the library would make doubles of decimals somewhere in it. */
  readonly roundsDecimals: boolean;
  /** Whether its values are carried as something else, such as a time of day as a number. */
  readonly generalised: boolean;
}

/** The columns of a file. */
export function columnsOf({ schema }: FileMetaData): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  for (let index = 1; index < schema.length;) {
    const element = schema[index];
    const end = endOf(schema, index);
    if (element !== undefined) {
      const field = fieldOfParquet(element);
      const parts = schema.slice(index, end);
      columns.push({
        name: element.name,
        field,
        roundsDecimals: field === undefined && parts.some(isDecimal),
        generalised: field === undefined || isGeneralised(element),
      });
    }
    index = end;
  }
  return columns;
}

/**
 * The same file with columns declared as what is stored: the library then gives days, ticks, scaled integers and bytes,
 * and rounds nothing on the way through dates, doubles and strings.
 */
export function asStored(metadata: FileMetaData): FileMetaData {
  const { schema } = metadata;
  const declared = [...schema];
  for (let index = 1; index < schema.length; index = endOf(schema, index)) {
    const element = schema[index];
    if (element === undefined || fieldOfParquet(element) === undefined || isConverted(element)) continue;
    const { converted_type: _converted, logical_type: _logical, ...stored } = element;
    declared[index] = stored;
  }
  return { ...metadata, schema: declared };
}

/** These are no numbers or bytes as stored; the library knows how to read them. */
function isConverted({ type, logical_type: logical }: SchemaElement): boolean {
  return type === 'INT96' || logical?.type === 'FLOAT16' || logical?.type === 'UUID';
}

function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL';
}

function isGeneralised({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  const carried = ['TIME', 'FLOAT16', 'UUID', 'BSON', 'INTERVAL'];
  return (
    (logical !== undefined && carried.includes(logical.type)) ||
    (converted !== undefined && ['TIME_MILLIS', 'TIME_MICROS', 'BSON', 'INTERVAL'].includes(converted))
  );
}

/** Where the element after this one and its children stands. A broken file may claim more than there are. */
function endOf(schema: readonly SchemaElement[], index: number): number {
  let left = 1;
  let at = index;
  while (left > 0 && at < schema.length) {
    left += (schema[at]?.num_children ?? 0) - 1;
    at += 1;
  }
  return at;
}
