import type { EncodedPiece, StreamContext } from '../define-adapter.js';
import type { Losses } from '../losses.js';
import { requireSameColumns } from '../table/alike.js';
import { ByteSink } from '../table/byte-sink.js';
import type { Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { Compressor } from './compression/compressor.js';
import { fieldNotes } from './field-notes.js';
import { elementOf } from './parquet-type.js';
import type { SchemaElement } from './schema-element.js';
import { encodeChunk } from './writing/chunk-encoder.js';
import { writeFooter, type WrittenChunk, type WrittenGroup } from './writing/footer-writer.js';
import { storedRows } from './writing/stored-rows.js';

const ROW_GROUP = 300_000;
const MAGIC = Buffer.from('PAR1', 'latin1');

/** Writes a table as a Parquet file in row groups of 300,000 rows. */
export function writeParquet(
  table: ColumnTable,
  compressor: Compressor,
  { losses, checkpoint }: Pick<StreamContext, 'losses' | 'checkpoint'>,
): Uint8Array {
  const file = new ParquetFileWriter(table, compressor);
  file.add(table, losses, checkpoint);
  file.finish();
  return file.bytes.finish();
}

/**
 * Writes tables as they come: a row group each. The columns are those of the first.
 * @throws ConversionError `ERR_PERF_CONVERT_TYPE_MISMATCH` when a table has others
 */
export async function* encodeParquet(
  tables: AsyncIterable<ColumnTable>,
  compressor: Compressor,
  { losses, checkpoint }: StreamContext,
): AsyncGenerator<EncodedPiece, void> {
  let file: ParquetFileWriter | undefined;
  for await (const table of tables) {
    file ??= new ParquetFileWriter(table, compressor, true);
    file.add(table, losses, checkpoint);
    yield { data: file.taken(), rows: table.length };
  }
  file ??= new ParquetFileWriter(new ColumnTable([], 0), compressor);
  file.finish();
  yield { data: file.taken(), rows: 0 };
}

class ParquetFileWriter {
  bytes = new ByteSink(2 ** 16);
  readonly #model: ColumnTable;
  readonly #compressor: Compressor;
  readonly #elements: readonly SchemaElement[];
  readonly #groups: WrittenGroup[] = [];
  /** Bytes that were taken away already. */
  #before = 0;

  /** @param isOpen whether more tables follow, in which nulls may turn up */
  constructor(model: ColumnTable, compressor: Compressor, isOpen: boolean = false) {
    this.#model = model.slice(0, 0);
    this.#compressor = compressor;
    // Seconds that are out of reach become null.
    this.#elements = model.columns.map(({ field, nullCount }) =>
      elementOf(field, isOpen || nullCount > 0 || field.unit === 'second'),
    );
    this.bytes.bytes(MAGIC);
  }

  add(table: ColumnTable, losses: Losses, checkpoint: StreamContext['checkpoint']): void {
    losses.total(table.length * table.columns.length);
    requireSameColumns(this.#model, table);
    for (const column of table.columns) noteTypeLoss(column, losses);
    for (let start = 0; start < table.length; start += ROW_GROUP) {
      const end = Math.min(table.length, start + ROW_GROUP);
      const chunks = table.columns.flatMap((column, i): WrittenChunk[] => {
        checkpoint();
        const element = this.#elements[i];
        return element === undefined ? [] : [this.#addChunk(element, column, start, end, losses)];
      });
      this.#groups.push({ rows: end - start, chunks });
    }
  }

  finish(): void {
    const notes = fieldNotes(this.#model.fields);
    const pairs = [...this.#model.metadata, ...(notes === undefined ? [] : [notes])];
    const start = this.bytes.length;
    writeFooter(this.bytes, this.#elements, this.#groups, pairs);
    this.bytes.uint32(this.bytes.length - start);
    this.bytes.bytes(MAGIC);
  }

  /** What has been written since the last time. */
  taken(): Uint8Array {
    const piece = this.bytes.finish();
    this.#before += piece.length;
    this.bytes = new ByteSink(2 ** 16);
    return piece;
  }

  #addChunk(
    element: SchemaElement,
    column: Column,
    start: number,
    end: number,
    losses: Losses,
  ): WrittenChunk {
    const stored = storedRows(column, element, start, end, losses);
    const { pages, ...chunk } = encodeChunk(element, column.field.type, stored, this.#compressor);
    const offset = this.#before + this.bytes.length;
    for (const page of pages) this.bytes.bytes(page);
    return { ...chunk, offset };
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
