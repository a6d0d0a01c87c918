import { shown } from '@perf/internal/errors';
import { ConversionError } from '../../errors.js';
import type { Column } from '../../table/column.js';
import type { MomentForm } from '../calendar-cell.js';
import { NULL, type FieldBlock } from '../field-block.js';
import type { CellColumn } from './cell-column.js';
import { cellColumn, type CellType } from './cell-type.js';

/** A column whose type is given: a cell that does not fit is an error. */
export class GivenCellColumn {
  readonly name: string;
  readonly #type: CellType;
  readonly #why: string;
  readonly #column: CellColumn;
  readonly #first: number;
  /** Its text never has to be read again. */
  readonly outdated = false;

  /**
   * @param why who gave the type, for the message
   * @param first the number of its first row within the source, from 0
   */
  constructor(
    name: string,
    type: CellType,
    {
      why,
      form,
      first = 0,
    }: { readonly why: string; readonly form?: MomentForm | undefined; readonly first?: number },
  ) {
    this.name = name;
    this.#type = type;
    this.#why = why;
    this.#first = first;
    this.#column = cellColumn(name, type, form);
  }

  restart(): void {
    // It is never outdated.
  }

  get heldBytes(): number {
    return this.#column.heldBytes;
  }

  expect(rows: number): void {
    this.#column.expect(rows);
  }

  /** @throws ConversionError `ERR_PERF_CONVERT_TYPE_MISMATCH` with the row, and the place in the source */
  add(block: FieldBlock, position: number, from: number, to: number): void {
    const before = this.#column.length;
    const misfit = this.#column.add(block, position, from, to);
    const odd = this.#type === 'json' ? notJson(block, position, from, misfit < 0 ? to : misfit) : misfit;
    if (odd < 0) return;
    const field = odd * block.width + position;
    const row = this.#first + before + odd - from + 1;
    throw new ConversionError(
      'ERR_PERF_CONVERT_TYPE_MISMATCH',
      `column ${shown(this.name)}, row ${String(row)}: ${shown(block.text(field))} is not of the type '${this.#type}' ${this.#why}`,
      { position: { ...block.position(field), column: this.name } },
    );
  }

  finish(): Column {
    return this.#column.finish();
  }
}

/** The first record whose cell is not JSON, or -1. */
function notJson(block: FieldBlock, position: number, from: number, to: number): number {
  for (let record = from; record < to; record++) {
    const field = record * block.width + position;
    if (block.kinds[field] !== NULL && !isJson(block.text(field))) return record;
  }
  return -1;
}

function isJson(cell: string): boolean {
  try {
    JSON.parse(cell);
    return true;
  } catch {
    return false;
  }
}
