import type { StreamContext } from '../define-adapter.js';
import type { ResolvedLimits } from '../limits.js';
import type { ConversionOptions } from '../request.js';
import type { Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { MomentForm } from './calendar-cell.js';
import type { CellType } from './column/cell-type.js';
import { GivenCellColumn } from './column/given-column.js';
import { InferredCellColumn } from './column/inferred-column.js';
import { TextCellColumn } from './column/text-column.js';
import type { Dialect } from './dialect.js';
import type { FieldBlock } from './field-block.js';
import { columnNames, wantedColumns, type WantedColumn } from './layout.js';
import { RecordWindow } from './record-window.js';

const GIVEN = 'that options.types asks for';
const SETTLED = 'that the first rows have; name the type of this column in options.types';
/** The first table ends here even when it has fewer rows: its text is kept until its types are settled. */
const MAX_FIRST_BYTES = 2 ** 26;

/** A column of which the type is known. */
interface SettledColumn extends WantedColumn {
  readonly type: CellType;
  readonly form?: MomentForm | undefined;
  readonly why: string;
}

interface Filling {
  readonly position: number;
  readonly column: GivenCellColumn | InferredCellColumn;
}

/** Cuts a stream of records into tables of one schema, which the first of them settles. */
export class TableStream {
  readonly #dialect: Dialect;
  readonly #options: ConversionOptions & { readonly columns?: readonly string[] | undefined };
  readonly #context: StreamContext;
  /** Reads text of whole records, without a header. */
  readonly #reread: RecordWindow;
  #wanted: readonly WantedColumn[] | undefined;
  #settled: readonly SettledColumn[] | undefined;
  #fillings: readonly Filling[] = [];
  /** The text of the first table, which may have to be read again. */
  #firstText: Uint8Array[] = [];
  #firstBytes = 0;
  #rows = 0;
  #emitted = 0;

  constructor(
    dialect: Dialect,
    limits: ResolvedLimits,
    options: ConversionOptions & { readonly columns?: readonly string[] | undefined },
    context: StreamContext,
  ) {
    this.#dialect = dialect;
    this.#options = options;
    this.#context = context;
    this.#reread = new RecordWindow({ ...dialect, header: false }, limits, {});
  }

  /** Adds records and gives the tables that became full. */
  *add(block: FieldBlock, first: number, last: number): Generator<ColumnTable, void> {
    if (this.#wanted === undefined) {
      const names = columnNames(block, this.#dialect.header, this.#context.losses);
      this.#wanted = wantedColumns(names, this.#options);
      this.#begin();
    }
    for (let from = first; from < last;) {
      const to = Math.min(last, from + this.#context.batchRows - this.#rows);
      for (const { column, position } of this.#fillings) column.add(block, position, from, to);
      if (this.#settled === undefined) this.#keep(block, from, to);
      this.#rows += to - from;
      from = to;
      if (this.#rows === this.#context.batchRows || this.#firstBytes >= MAX_FIRST_BYTES) yield this.#table();
    }
  }

  /** Gives what is left; at least one table, which tells the columns. */
  *finish(): Generator<ColumnTable, void> {
    this.#wanted ??= wantedColumns([], this.#options);
    if (this.#rows > 0 || this.#emitted === 0) yield this.#table();
  }

  #begin(): void {
    const { batchRows } = this.#context;
    this.#rows = 0;
    const first = this.#emitted;
    this.#fillings =
      this.#settled?.map(({ name, position, type, form, why }) => ({
        position,
        column: new GivenCellColumn(name, type, { why, form, first }),
      })) ??
      (this.#wanted ?? []).map(({ name, position, type }) => ({
        position,
        column:
          type === undefined
            ? new InferredCellColumn(name)
            : new GivenCellColumn(name, type, { why: GIVEN, first }),
      }));
    for (const { column } of this.#fillings) column.expect(Math.min(batchRows, 2 ** 16));
  }

  #keep(block: FieldBlock, from: number, to: number): void {
    const text = block.textOf(from, to);
    this.#firstText.push(text);
    this.#firstBytes += text.length;
  }

  #table(): ColumnTable {
    if (this.#settled === undefined) this.#settle();
    const columns = this.#fillings.map(({ column }) =>
      column instanceof InferredCellColumn ? typed(column.finish()) : column.finish(),
    );
    const table = new ColumnTable(columns, this.#rows);
    this.#context.losses.total(table.length * columns.length);
    this.#emitted += this.#rows;
    this.#begin();
    return table;
  }

  /** Reads the first table's text again where a column had to widen, and takes its types for all that follow. */
  #settle(): void {
    for (let again = this.#outdated(); again.length > 0; again = this.#outdated()) {
      for (const { column } of again) column.restart();
      for (const text of this.#firstText) {
        this.#reread.each(text, 0, (block, first, last) => {
          for (const { column, position } of again) column.add(block, position, first, last);
        });
      }
    }
    const wanted = this.#wanted ?? [];
    this.#settled = this.#fillings.map(({ column }, i): SettledColumn => {
      const { name = '', position = 0, type } = wanted[i] ?? {};
      if (column instanceof GivenCellColumn || type !== undefined)
        return { name, position, type: type ?? 'utf8', why: GIVEN };
      // Nothing but nulls says nothing; text can hold whatever comes.
      const inferred = column.type === 'null' ? 'utf8' : column.type;
      return { name, position, type: inferred, form: column.form, why: SETTLED };
    });
    this.#firstText = [];
    this.#firstBytes = 0;
  }

  #outdated(): readonly Filling[] {
    return this.#fillings.filter(({ column }) => column.outdated);
  }
}

/** A column of nothing but nulls as text, so that all tables have the same type. */
function typed(column: Column): Column {
  if (column.layout !== 'null') return column;
  const text = new TextCellColumn(column.field.name);
  text.startWithNulls(column.length);
  return text.finish();
}
