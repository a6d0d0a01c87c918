import type { Compressors, DecodedArray, FileMetaData, ParquetParsers } from 'hyparquet';
import type * as hyparquet from 'hyparquet';
import { shown } from '@perf/internal/errors';
import type { StepContext, StreamContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';
import type { Losses } from '../losses.js';
import { buildColumn } from '../table/column-builder.js';
import type { Column, Field } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { Selection } from '../table/records.js';
import { ColumnCollector } from './column-collector.js';
import { FIELD_NOTES, readFieldNotes, restored } from './field-notes.js';
import type { ParquetFile } from './file.js';
import { asStored, columnsOf, type ParquetColumn } from './parquet-schema.js';

export interface ParquetLibrary {
  readonly parquet: typeof hyparquet;
  readonly compressors: Compressors;
}

/** What nested values and the odd types hold comes as it is; nothing passes through a rounded Date. */
const RAW_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  stringFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
  jsonFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
};

/** Another reader of the same file, for columns that it reads to the same values. */
export interface NativeColumns {
  takes(field: Field): boolean;
  /** The columns of these parts of row groups, in a row; undefined when it cannot read them after all. */
  read(
    fields: readonly Field[],
    groups: readonly RowRange[],
    context: StepContext,
  ): Promise<readonly Column[] | undefined>;
}

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A Parquet file of which the footer has been read. Reads columns and rows of it: only the pages of the wanted columns
 * are fetched and decoded, one row group at a time, so that an abort is heard between groups.
 */
export class ParquetReader {
  readonly #library: ParquetLibrary;
  readonly #file: ParquetFile;
  readonly #metadata: FileMetaData;
  readonly #stored: FileMetaData;
  readonly #columns: readonly ParquetColumn[];
  readonly #groups: readonly RowRange[];
  readonly #notes: ReturnType<typeof readFieldNotes>;

  private constructor(library: ParquetLibrary, file: ParquetFile, metadata: FileMetaData) {
    this.#library = library;
    this.#file = file;
    this.#metadata = metadata;
    this.#stored = asStored(metadata);
    this.#columns = columnsOf(metadata);
    this.#groups = rowGroups(metadata);
    const pairs = metadata.key_value_metadata ?? [];
    this.#notes = readFieldNotes(pairs.find(({ key }) => key === FIELD_NOTES)?.value);
  }

  /** @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE` */
  static async open(
    library: ParquetLibrary,
    file: ParquetFile,
    limits: ResolvedLimits,
  ): Promise<ParquetReader> {
    const metadata = await readMetadata(library.parquet, file);
    const reader = new ParquetReader(library, file, metadata);
    const rows = Number(metadata.num_rows);
    if (rows > limits.rows)
      throw beyondLimit(`the Parquet file has ${String(rows)} rows`, 'rows', limits.rows);
    if (metadata.schema.length - 1 > limits.columns) {
      const columns = String(metadata.schema.length - 1);
      throw beyondLimit(`the Parquet file has ${columns} columns`, 'columns', limits.columns);
    }
    return reader;
  }

  /** The selected part as one table. */
  async table(selection: Selection, context: StepContext, native?: NativeColumns): Promise<ColumnTable> {
    const { losses, checkpoint, onProgress } = context;
    const range = this.#rangeOf(selection);
    const wanted = this.#wanted(selection.columns);
    const rows = range.end - range.start;
    const known = await this.#readNatively(native, wanted, range, context);
    const rest = wanted.filter(({ name }) => !known.has(name));
    const collectors = rest.map(({ name, field }) => new ColumnCollector(name, field, rows));
    for (const part of this.#parts(range, rest)) {
      checkpoint();
      await this.#collect(rest, collectors, part, range.start);
      onProgress?.({ done: part.end - range.start, total: rows, unit: 'rows' });
    }
    const others = this.#tableOf(rest, collectors, rows, losses);
    if (known.size === 0) return others;
    losses.total(rows * known.size);
    const columns = wanted.map(({ name }) => known.get(name) ?? others.column(name));
    return new ColumnTable(columns, rows, others.metadata);
  }

  async #readNatively(
    native: NativeColumns | undefined,
    wanted: readonly ParquetColumn[],
    range: RowRange,
    context: StepContext,
  ): Promise<ReadonlyMap<string, Column>> {
    const known = new Map<string, Column>();
    if (native === undefined || range.end === range.start) return known;
    // A reader that takes names in any case cannot tell these apart.
    const folded = new Map<string, number>();
    for (const { name } of this.#columns) {
      folded.set(name.toLowerCase(), (folded.get(name.toLowerCase()) ?? 0) + 1);
    }
    const fields = wanted.flatMap(({ name, field, generalised }) =>
      field !== undefined && !generalised && native.takes(field) && folded.get(name.toLowerCase()) === 1
        ? [field]
        : [],
    );
    if (fields.length === 0) return known;
    const columns = (await native.read(fields, this.#parts(range, wanted), context)) ?? [];
    for (const column of columns) {
      const { name } = column.field;
      known.set(name, restored(column, this.#notes.get(name)));
    }
    return known;
  }

  /** The selected part table by table: each a part of one row group. */
  async *tables(
    selection: Selection,
    { losses, checkpoint, onProgress, batchRows }: StreamContext,
  ): AsyncGenerator<ColumnTable, void> {
    const range = this.#rangeOf(selection);
    const wanted = this.#wanted(selection.columns);
    const total = this.#file.byteLength;
    let yielded = false;
    for (const part of this.#parts(range, wanted)) {
      checkpoint();
      const rows = part.end - part.start;
      const collectors = wanted.map(({ name, field }) => new ColumnCollector(name, field, rows));
      await this.#collect(wanted, collectors, part, part.start);
      const table = this.#tableOf(wanted, collectors, rows, losses);
      // Bytes of the file up to here, as far as its rows tell.
      const done = Math.round(total * (part.end / Math.max(1, Number(this.#metadata.num_rows))));
      onProgress?.({ done: part.end === range.end ? total : done, total, unit: 'bytes' });
      for (let at = 0; at < rows; at += batchRows) yield table.slice(at, at + batchRows);
      yielded = true;
    }
    if (yielded) return;
    const rows = range.end - range.start;
    const none = wanted.map(({ name, field }) => new ColumnCollector(name, field, 0));
    yield wanted.length === 0
      ? new ColumnTable([], rows, this.#pairs())
      : this.#tableOf(wanted, none, 0, losses);
  }

  get groups(): readonly RowRange[] {
    return this.#groups;
  }

  #rangeOf({ offset = 0, limit = Infinity }: Selection): RowRange {
    const total = this.#groups.at(-1)?.end ?? 0;
    const start = Math.min(offset, total);
    return { start, end: Math.min(total, start + limit) };
  }

  #wanted(names: readonly string[] | undefined): readonly ParquetColumn[] {
    return (
      names?.map((name) => {
        const column = this.#columns.find((candidate) => candidate.name === name);
        if (column !== undefined) return column;
        const known = this.#columns.slice(0, 20).map((candidate) => candidate.name);
        throw new ConversionError(
          'ERR_PERF_CONVERT_NO_COLUMN',
          `there is no column ${shown(name)}; the columns are ${known.join(', ')}`,
        );
      }) ?? this.#columns
    );
  }

  /** The parts of row groups that lie in a range. */
  #parts(range: RowRange, wanted: readonly ParquetColumn[]): RowRange[] {
    if (wanted.length === 0) return [];
    return this.#groups
      .map(({ start, end }) => ({ start: Math.max(start, range.start), end: Math.min(end, range.end) }))
      .filter(({ start, end }) => start < end);
  }

  async #collect(
    wanted: readonly ParquetColumn[],
    collectors: readonly ColumnCollector[],
    part: RowRange,
    origin: number,
  ): Promise<void> {
    const byName = new Map(collectors.map((collector) => [collector.name, collector]));
    let failed: unknown;
    try {
      await this.#library.parquet.parquetRead({
        file: this.#file,
        metadata: this.#stored,
        compressors: this.#library.compressors,
        parsers: RAW_PARSERS,
        utf8: false,
        columns: wanted.map(({ name }) => name),
        rowStart: part.start,
        rowEnd: part.end,
        onChunk({ columnName, columnData, rowStart: first }) {
          // What is thrown here would end the process as an unhandled rejection.
          try {
            const [from, to] = overlap(columnData, first, part);
            byName.get(columnName)?.add(columnData, from, to, Math.max(first, part.start) - origin);
          } catch (cause) {
            failed ??= cause;
          }
        },
      });
    } catch (cause) {
      failed ??= cause;
    }
    if (failed !== undefined) throw broken(failed);
  }

  #tableOf(
    wanted: readonly ParquetColumn[],
    collectors: readonly ColumnCollector[],
    rows: number,
    losses: Losses,
  ): ColumnTable {
    losses.total(rows * wanted.length);
    const columns = collectors.map((collector, i): Column => {
      const { name } = collector;
      const values = collector.finish();
      if (wanted[i]?.generalised === true) {
        losses.noted('type-generalised', name, 'this Parquet type became the closest one', rows);
      }
      if (!Array.isArray(values)) return restored(values, this.#notes.get(name));
      if (wanted[i]?.roundsDecimals === true) {
        losses.lost('decimal-rounded', name, 'decimals within nested values are read as doubles', rows);
      }
      return buildColumn(name, values, losses);
    });
    return new ColumnTable(columns, rows, this.#pairs());
  }

  #pairs(): Map<string, string> {
    // The Arrow schema that writers embed describes their file, not the table that was read from it.
    const pairs = (this.#metadata.key_value_metadata ?? []).filter(
      ({ key }) => key !== 'ARROW:schema' && key !== FIELD_NOTES,
    );
    return new Map(pairs.map(({ key, value }) => [key, value ?? '']));
  }
}

/** The footer of a file: its schema, row groups and number of rows. */
async function readMetadata(parquet: typeof hyparquet, file: ParquetFile): Promise<FileMetaData> {
  try {
    return await parquet.parquetMetadataAsync(file);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the file is not Parquet: ${reason}`, { cause });
  }
}

/**
 * First and last row of each row group.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` when a footer contradicts itself about them
 */
function rowGroups(metadata: FileMetaData): RowRange[] {
  let start = 0;
  for (const group of metadata.row_groups) {
    const counts = group.columns.map(({ meta_data: chunk }) => chunk?.num_values ?? 0n);
    if (!(group.num_rows >= 0n) || counts.some((count) => !(count >= group.num_rows))) {
      throw broken('a row group and its columns differ in their number of rows');
    }
  }
  const rows = metadata.row_groups.reduce((sum, { num_rows: count }) => sum + count, 0n);
  if (rows !== metadata.num_rows) throw broken('the row groups do not add up to the rows of the file');
  return metadata.row_groups.map((group) => {
    const end = start + Number(group.num_rows);
    const range = { start, end };
    start = end;
    return range;
  });
}

/** The part of a chunk that lies in a range of rows. */
function overlap(data: DecodedArray, first: number, { start, end }: RowRange): [from: number, to: number] {
  return [Math.max(0, start - first), Math.min(data.length, end - first)];
}

function broken(cause: unknown): ConversionError {
  if (cause instanceof ConversionError) return cause;
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the Parquet file is broken: ${reason}`, {
    cause,
  });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
