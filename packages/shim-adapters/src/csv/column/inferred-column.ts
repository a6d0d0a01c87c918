import type { Column } from '../../table/column.js';
import type { FieldBlock } from '../field-block.js';
import type { MomentForm } from '../calendar-cell.js';
import type { CellColumn } from './cell-column.js';
import { cellColumn, cellFits, cellType, widerTypes, type InferredType } from './cell-type.js';
import { IntegerCellColumn } from './integer-column.js';
import { MomentCellColumn } from './moment-column.js';

/**
 * A column whose cells decide its type: it begins with the type of the first cell that is there and widens when one
 * does not fit. Integers widen where they are; any other column becomes outdated: its text must be read again, from
 * the start, with the type that it had to take. That happens twice at most (int64, float64, text).
 */
export class InferredCellColumn {
  readonly name: string;
  #type: InferredType | 'null';
  #column: CellColumn;
  #outdated = false;
  #expected = 0;

  constructor(name: string) {
    this.name = name;
    this.#type = 'null';
    this.#column = cellColumn(name, 'null');
  }

  get type(): InferredType | 'null' {
    return this.#type;
  }

  /** The form of its moments, for a column of timestamps. */
  get form(): MomentForm | undefined {
    return this.#column instanceof MomentCellColumn ? this.#column.form : undefined;
  }

  /** Whether its text must be read again after `restart`. */
  get outdated(): boolean {
    return this.#outdated;
  }

  get heldBytes(): number {
    return this.#column.heldBytes;
  }

  expect(rows: number): void {
    this.#expected = rows;
    this.#column.expect(rows);
  }

  add(block: FieldBlock, position: number, from: number, to: number): void {
    for (let record = from; record < to && !this.#outdated;) {
      const misfit = this.#column.add(block, position, record, to);
      if (misfit < 0) return;
      this.#widen(block, misfit * block.width + position);
      record = misfit;
    }
  }

  /** Forgets its rows; they will be added again. */
  restart(): void {
    this.#outdated = false;
    this.#column = cellColumn(this.name, this.#type);
    this.#column.expect(this.#expected);
  }

  finish(): Column {
    return this.#column.finish();
  }

  #widen({ bytes, starts, ends }: FieldBlock, field: number): void {
    const start = starts[field] ?? 0;
    const end = ends[field] ?? 0;
    const before = this.#type;
    if (before === 'null') {
      this.#become(cellType(bytes, start, end));
      return;
    }
    const type = widerTypes(before).find((wider) => cellFits(bytes, start, end, wider)) ?? 'utf8';
    const column = this.#column;
    this.#type = type;
    if (column instanceof IntegerCellColumn && type === 'int64') this.#column = column.asWide();
    else if (column instanceof IntegerCellColumn && type === 'float64') this.#column = column.asDecimals();
    else this.#outdated = true;
  }

  /** Takes a type after nothing but nulls. */
  #become(type: InferredType): void {
    const { length } = this.#column;
    this.#type = type;
    this.#column = cellColumn(this.name, type);
    if (length > 0) this.#column.startWithNulls(length);
    this.#column.expect(this.#expected);
  }
}
