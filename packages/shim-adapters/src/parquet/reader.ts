import { shown } from '@perf/internal/errors';
import type { StepContext, StreamContext } from '../define-adapter.js';
import { ConversionError } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';
import type { Losses } from '../losses.js';
import { buildColumn } from '../table/column-builder.js';
import type { Column, Field } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { Selection } from '../table/records.js';
import { leastBytes } from './columns/column-sink.js';
import { FlatColumn, type ColumnSource, type GatheredColumn } from './columns/flat-column.js';
import { NestedColumn } from './columns/nested-column.js';
import { Codecs } from './compression/codecs.js';
import { FIELD_NOTES, readFieldNotes, restored } from './field-notes.js';
import type { ParquetFile } from './file.js';
import { readFooter } from './footer-reader.js';
import { ByteWindow } from './pages/byte-window.js';
import { columnsOf, type ParquetColumn } from './parquet-schema.js';
import { PARQUET_PEERS, type ParquetPeers } from './peers.js';
import { partsWithin, rowGroupsOf, type GroupPart, type RowRange } from './row-groups.js';

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

/**
 * A Parquet file of which the footer has been read. Reads columns and rows of it: only the pages of the wanted columns
 * are fetched and decoded, one row group at a time, so that an abort is heard between groups.
 */
export class ParquetReader {
  readonly groups: readonly RowRange[];
  readonly #source: ColumnSource;
  readonly #columns: readonly ParquetColumn[];
  readonly #notes: ReturnType<typeof readFieldNotes>;

  private constructor(source: ColumnSource) {
    const { schema, pairs } = source.footer;
    this.groups = source.groups;
    this.#source = source;
    this.#columns = columnsOf(schema);
    this.#notes = readFieldNotes(pairs.find(([key]) => key === FIELD_NOTES)?.[1]);
  }

  /**
   * @param peers what nested columns and rare codecs are read by
   * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`, `..._TOO_LARGE`
   */
  static async open(
    file: ParquetFile,
    limits: ResolvedLimits,
    peers: ParquetPeers = PARQUET_PEERS,
  ): Promise<ParquetReader> {
    const footer = await readFooter(file);
    const groups = rowGroupsOf(footer);
    const columns = footer.schema.length - 1;
    if (footer.rows > limits.rows)
      throw beyondLimit(`the Parquet file has ${String(footer.rows)} rows`, 'rows', limits.rows);
    if (columns > limits.columns)
      throw beyondLimit(`the Parquet file has ${String(columns)} columns`, 'columns', limits.columns);
    return new ParquetReader({
      file,
      footer,
      groups,
      peers,
      codecs: new Codecs(peers),
      window: new ByteWindow(file),
      maxFieldBytes: limits.fieldBytes,
    });
  }

  /** The selected part as one table. */
  async table(selection: Selection, context: StepContext, native?: NativeColumns): Promise<ColumnTable> {
    const { losses, checkpoint, onProgress } = context;
    const range = this.#rangeOf(selection);
    const wanted = this.#wanted(selection.columns);
    const rows = range.end - range.start;
    const known = await this.#readNatively(native, wanted, range, context);
    const rest = wanted.filter(({ name }) => !known.has(name));
    checkpoint(rest.reduce((sum, { field }) => sum + (field === undefined ? 0 : leastBytes(field, rows)), 0));
    const gathered = this.#gathered(rest, rows);
    for (const part of this.#parts(range, rest)) {
      await readPart(gathered, part, part.start - range.start, checkpoint);
      onProgress?.({ done: part.end - range.start, total: rows, unit: 'rows' });
    }
    const others = this.#tableOf(gathered, rows, losses);
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
    const total = this.#source.file.byteLength;
    const allRows = Math.max(1, this.groups.at(-1)?.end ?? 0);
    let yielded = false;
    for (const part of this.#parts(range, wanted)) {
      const rows = part.end - part.start;
      const gathered = this.#gathered(wanted, rows);
      await readPart(gathered, part, 0, checkpoint);
      const table = this.#tableOf(gathered, rows, losses);
      // Bytes of the file up to here, as far as its rows tell.
      const done = Math.round(total * (part.end / allRows));
      onProgress?.({ done: part.end === range.end ? total : done, total, unit: 'bytes' });
      for (let at = 0; at < rows; at += batchRows) yield table.slice(at, at + batchRows);
      yielded = true;
    }
    if (yielded) return;
    yield wanted.length === 0
      ? new ColumnTable([], range.end - range.start, this.#pairs())
      : this.#tableOf(this.#gathered(wanted, 0), 0, losses);
  }

  #rangeOf({ offset = 0, limit = Infinity }: Selection): RowRange {
    const total = this.groups.at(-1)?.end ?? 0;
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
  #parts(range: RowRange, wanted: readonly ParquetColumn[]): readonly GroupPart[] {
    return wanted.length === 0 ? [] : partsWithin(this.groups, range);
  }

  #gathered(columns: readonly ParquetColumn[], rows: number): readonly Gathered[] {
    return columns.map((column) => {
      const { field } = column;
      const values =
        field === undefined
          ? new NestedColumn(this.#source, column, rows)
          : new FlatColumn(this.#source, column, field, rows);
      return { column, values };
    });
  }

  #tableOf(gathered: readonly Gathered[], rows: number, losses: Losses): ColumnTable {
    losses.total(rows * gathered.length);
    const columns = gathered.map(({ column, values }): Column => {
      const { name, generalised, roundsDecimals } = column;
      const found = values.finish();
      if (generalised)
        losses.noted('type-generalised', name, 'this Parquet type became the closest one', rows);
      if (!Array.isArray(found)) return restored(found, this.#notes.get(name));
      if (roundsDecimals) {
        losses.lost('decimal-rounded', name, 'decimals within nested values are read as doubles', rows);
      }
      return buildColumn(name, found, losses);
    });
    return new ColumnTable(columns, rows, this.#pairs());
  }

  #pairs(): Map<string, string> {
    // The Arrow schema that writers embed describes their file, not the table that was read from it.
    const pairs = this.#source.footer.pairs.filter(([key]) => key !== 'ARROW:schema' && key !== FIELD_NOTES);
    return new Map(pairs);
  }
}

interface Gathered {
  readonly column: ParquetColumn;
  readonly values: GatheredColumn;
}

async function readPart(
  gathered: readonly Gathered[],
  part: GroupPart,
  row: number,
  checkpoint: StepContext['checkpoint'],
): Promise<void> {
  for (const { values } of gathered) {
    checkpoint();
    await values.read(part, row);
  }
}
