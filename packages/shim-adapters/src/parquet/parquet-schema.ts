import type { Field } from '../table/column.js';
import { fieldOfParquet } from './parquet-type.js';
import type { SchemaElement } from './schema-element.js';

/** A column of a file: a child of the root. Nested ones are one column each. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** Which chunk of a row group is its first. */
  readonly leaf: number;
  /** How many chunks it has there. */
  readonly leaves: number;
  /** Undefined where its values have no layout here. */
  readonly field: Field | undefined;
  /** Whether the library would make doubles of decimals somewhere in it. */
  readonly roundsDecimals: boolean;
  /** Whether its values are carried as something else, such as a time of day as a number. */
  readonly generalised: boolean;
}

/** The columns of a file. */
export function columnsOf(schema: readonly SchemaElement[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let leaf = 0;
  for (let index = 1; index < schema.length;) {
    const element = schema[index];
    const end = endOf(schema, index);
    const parts = schema.slice(index, end);
    const leaves = parts.filter(({ physical }) => physical !== undefined).length;
    if (element !== undefined) {
      const field = fieldOfParquet(element);
      columns.push({
        name: element.name,
        element,
        leaf,
        leaves,
        field,
        roundsDecimals: field === undefined && parts.some(isDecimal),
        generalised: field === undefined || isGeneralised(element),
      });
    }
    leaf += leaves;
    index = end;
  }
  return columns;
}

function isDecimal({ converted, logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.kind === 'DECIMAL';
}

function isGeneralised({ converted, logical }: SchemaElement): boolean {
  const carried = ['TIME', 'FLOAT16', 'UUID', 'BSON', 'INTERVAL'];
  return (
    (logical !== undefined && carried.includes(logical.kind)) ||
    (converted !== undefined && ['TIME_MILLIS', 'TIME_MICROS', 'BSON', 'INTERVAL'].includes(converted))
  );
}

/** Where the element after this one and its children stands. A broken file may claim more than there are. */
function endOf(schema: readonly SchemaElement[], index: number): number {
  let left = 1;
  let at = index;
  while (left > 0 && at < schema.length) {
    left += (schema[at]?.children ?? 0) - 1;
    at += 1;
  }
  return at;
}
