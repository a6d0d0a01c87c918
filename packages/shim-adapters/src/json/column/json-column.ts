import type { CellColumn } from '../../csv/column/cell-column.js';
import { NullCellColumn } from '../../csv/column/null-column.js';
import type { FieldBlock } from '../../csv/field-block.js';
import type { ResolvedLimits } from '../../limits.js';
import type { Losses } from '../../losses.js';
import type { Column } from '../../table/column.js';
import { ESCAPED_TEXT, FALSE, NUMBER, TEXT, TRUE } from '../cell-kind.js';
import { NumberColumn } from './number-column.js';
import { JsonTextColumn } from './text-column.js';
import { TruthColumn } from './truth-column.js';
import { ValueColumn } from './value-column.js';

/** A column of JSON on its way: of one kind as long as all its values are. */
export class JsonColumn {
  readonly #name: string;
  readonly #limits: ResolvedLimits;
  readonly #losses: Losses;
  #current: CellColumn;
  #rounded = 0;

  /** @param rows how many there were before it first appeared */
  constructor(name: string, rows: number, limits: ResolvedLimits, losses: Losses) {
    this.#name = name;
    this.#limits = limits;
    this.#losses = losses;
    this.#current = new NullCellColumn(name);
    this.#current.length = rows;
  }

  get heldBytes(): number {
    return this.#current.heldBytes;
  }

  /** Integers that a double does not hold. */
  get rounded(): number {
    return this.#rounded + roundedIn(this.#current);
  }

  expect(rows: number): void {
    this.#current.expect(rows);
  }

  /** @throws SyntaxError when what is nested is no JSON, or when the parser has to see the values */
  add(block: FieldBlock, position: number, records: number): void {
    let from = 0;
    for (;;) {
      from = this.#current.add(block, position, from, records);
      if (from < 0) return;
      this.#current = this.#successor(block.kinds[from * block.width + position] ?? NUMBER);
    }
  }

  finish(): Column {
    const current = this.#current;
    const losses = this.#losses;
    if (current instanceof JsonTextColumn && current.illFormed > 0) {
      const message = 'text with a lone surrogate has no UTF-8 form; U+FFFD stands in';
      losses.lost('lone-surrogate', this.#name, message, current.illFormed);
    }
    if (!(current instanceof ValueColumn)) losses.total(current.length);
    return current.finish();
  }

  /** What goes on with a value that does not fit. */
  #successor(kind: number): CellColumn {
    const current = this.#current;
    if (current instanceof NullCellColumn) {
      const column = this.#columnOf(kind);
      if (column !== undefined) {
        column.startWithNulls(current.length);
        return column;
      }
    }
    // As a JSON value, such a string would still have what is replaced in UTF-8.
    if (current instanceof JsonTextColumn && current.illFormed > 0) throw new SyntaxError('a lone surrogate');
    this.#rounded += roundedIn(current);
    return new ValueColumn(current.finish(), this.#limits, this.#losses);
  }

  #columnOf(kind: number): CellColumn | undefined {
    switch (kind) {
      case NUMBER:
        return new NumberColumn(this.#name);
      case TRUE:
      case FALSE:
        return new TruthColumn(this.#name);
      case TEXT:
      case ESCAPED_TEXT:
        return new JsonTextColumn(this.#name);
      default:
        return undefined;
    }
  }
}

function roundedIn(column: CellColumn): number {
  return column instanceof NumberColumn || column instanceof ValueColumn ? column.rounded : 0;
}
