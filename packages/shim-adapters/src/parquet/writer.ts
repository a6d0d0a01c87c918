import type * as writer from 'hyparquet-writer';
import type { EncodedPiece, StreamContext } from '../define-adapter.js';
import type { Losses } from '../losses.js';
import { requireSameColumns } from '../table/alike.js';
import { readBit } from '../table/bitmap.js';
import { jsonTexts } from '../table/column-builder.js';
import type { Column, FixedColumn, TextColumn } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import { decimalUnits } from '../table/decimal.js';
import { noteRowLoss } from '../table/schema-loss.js';
import { valueReader } from '../table/value.js';
import { fieldNotes } from './field-notes.js';
import { elementOf } from './parquet-type.js';

const ROW_GROUP = 300_000;

/** Writes a table as a Parquet file (Snappy, row groups of 300,000 rows). */
export function writeParquet(library: typeof writer, table: ColumnTable, losses: Losses): Uint8Array {
  const bytes = new library.ByteWriter();
  const file = new ParquetFileWriter(library, bytes, table);
  file.write(table, losses, ROW_GROUP);
  file.finish();
  return bytes.getBytes();
}

/**
 * Writes tables as they come: a row group each. The columns are those of the first.
 * @throws ConversionError `ERR_PERF_CONVERT_TYPE_MISMATCH` when a table has others
 */
export async function* encodeParquet(
  library: typeof writer,
  tables: AsyncIterable<ColumnTable>,
  { losses, checkpoint }: StreamContext,
): AsyncGenerator<EncodedPiece, void> {
  const bytes = new library.ByteWriter();
  let file: ParquetFileWriter | undefined;
  for await (const table of tables) {
    checkpoint();
    file ??= new ParquetFileWriter(library, bytes, table, true);
    file.write(table, losses, ROW_GROUP);
    yield { data: taken(bytes), rows: table.length };
  }
  file ??= new ParquetFileWriter(library, bytes, new ColumnTable([], 0));
  file.finish();
  yield { data: taken(bytes), rows: 0 };
}

/** What has been written since the last time; the writer goes on behind it. */
function taken(bytes: InstanceType<(typeof writer)['ByteWriter']>): Uint8Array {
  const piece = new Uint8Array(bytes.getBytes());
  bytes.index = 0;
  return piece;
}

class ParquetFileWriter {
  readonly #writer: InstanceType<(typeof writer)['ParquetWriter']>;
  readonly #model: ColumnTable;

  /** @param open whether more tables follow, in which nulls may turn up */
  constructor(
    library: typeof writer,
    bytes: InstanceType<(typeof writer)['ByteWriter']>,
    model: ColumnTable,
    open: boolean = false,
  ) {
    const notes = fieldNotes(model.fields);
    const pairs = [...model.metadata, ...(notes === undefined ? [] : [notes])];
    this.#model = model.slice(0, 0);
    this.#writer = new library.ParquetWriter({
      writer: bytes,
      schema: [
        { name: 'root', num_children: model.columns.length },
        ...model.columns.map(({ field, nullCount }) => elementOf(field, open || nullCount > 0)),
      ],
      kvMetadata: pairs.map(([key, value]) => ({ key, value })),
    });
  }

  write(table: ColumnTable, losses: Losses, rowGroupSize: number): void {
    losses.total(table.length * table.columns.length);
    noteRowLoss(table, losses);
    requireSameColumns(this.#model, table);
    const columnData = table.columns.map((column) => {
      return {
        name: column.field.name,
        data: parquetValues(column, losses),
        ...(hasNegativeZero(column) ? { encoding: 'PLAIN' as const } : {}),
      };
    });
    void this.#writer.write({ columnData, rowGroupSize });
  }

  finish(): void {
    void this.#writer.finish();
  }
}

/** The writer's dictionary takes 0 and -0 for one value. */
function hasNegativeZero(column: Column): boolean {
  if (column.layout !== 'fixed') return false;
  const { values } = column;
  const floats = values instanceof Float64Array || values instanceof Float32Array;
  return floats && values.some((value) => Object.is(value, -0));
}

function parquetValues(column: Column, losses: Losses): unknown[] {
  const { field, length } = column;
  noteTypeLoss(column, losses);
  switch (column.layout) {
    case 'fixed':
      return fixedValues(column, losses);
    case 'null':
      return new Array<unknown>(length).fill(null);
    case 'text':
      return eachPresent(column, textReader(column));
    case 'dictionary': {
      // One object an entry: the writer finds repeated values by it.
      const read = textReader(column.dictionary);
      const entries = Array.from({ length: column.dictionary.length }, (_, i) => read(i));
      const { indices } = column;
      return eachPresent(column, (i) => entries[indices[i] ?? 0]);
    }
    case 'decimal': {
      const factor = 10n ** BigInt(Math.max(0, -(field.scale ?? 0)));
      return eachPresent(column, (i) => decimalUnits(column, i) * factor);
    }
    case 'list':
    case 'struct': {
      const read = valueReader(column);
      const values = Array.from({ length }, (_, index) => read(index));
      return jsonTexts(field.name, values, losses).map((text) =>
        typeof text === 'string' ? Buffer.from(text, 'utf8') : null,
      );
    }
    case 'bits':
      return eachPresent(column, (i) => readBit(column.values, i));
  }
}

/** What the types of Parquet do not tell. */
export function noteTypeLoss({ field, length }: Column, losses: Losses): void {
  if (field.timezone !== undefined && field.timezone !== 'UTC') {
    losses.noted('timezone-as-utc', field.name, 'Parquet tells only UTC from local time', length);
  }
  if (field.type === 'null') {
    losses.noted('null-as-text', field.name, 'a column of nulls is written as optional text', length);
  }
}

function fixedValues(column: FixedColumn, losses: Losses): unknown[] {
  const { field, length, values } = column;
  if (field.type !== 'timestamp' || field.unit !== 'second')
    return eachPresent(column, (i) => values[i] ?? 0);
  losses.noted(
    'unit-widened',
    field.name,
    'Parquet has no seconds; they are written as milliseconds',
    length,
  );
  return eachPresent(column, (i) => {
    const value = BigInt(values[i] ?? 0) * 1000n;
    if (BigInt.asIntN(64, value) === value) return value;
    const message = 'a time that 64 bits of milliseconds do not reach became null';
    losses.lost('time-out-of-range', field.name, message);
    return null;
  });
}

/** Text goes into the file byte by byte, as it is. */
function textReader({ bytes, offsets }: TextColumn): (index: number) => Uint8Array {
  return (index) => bytes.subarray(offsets[index] ?? 0, offsets[index + 1] ?? 0);
}

function eachPresent({ validity, length }: Column, read: (index: number) => unknown): unknown[] {
  return Array.from({ length }, (_, index) =>
    validity === undefined || readBit(validity, index) ? read(index) : null,
  );
}
