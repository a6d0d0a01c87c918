import { CellColumn } from '../../csv/column/cell-column.js';
import type { FieldBlock } from '../../csv/field-block.js';
import type { ResolvedLimits } from '../../limits.js';
import type { Losses } from '../../losses.js';
import { buildColumn } from '../../table/column-builder.js';
import type { Column } from '../../table/column.js';
import { valueReader } from '../../table/value.js';
import { ESCAPED_TEXT, FALSE, NESTED, NULL, NUMBER, TRUE } from '../cell-kind.js';
import { inexactIntegers } from '../exact-integers.js';
import { scanTokens } from '../token-scan.js';
import { escapedText } from './text-column.js';

/** Values of more than one kind, or nested ones: kept as they are until all are there. */
export class ValueColumn extends CellColumn {
  /** Integers that a double does not hold. */
  rounded = 0;
  readonly #name: string;
  readonly #limits: ResolvedLimits;
  readonly #losses: Losses;
  #values: unknown[];

  /** @param before the rows so far, of one kind */
  constructor(before: Column, limits: ResolvedLimits, losses: Losses) {
    super();
    const read = valueReader(before);
    this.#name = before.field.name;
    this.#limits = limits;
    this.#losses = losses;
    this.#values = Array.from({ length: before.length }, (_, i) => read(i));
    this.length = before.length;
  }

  get heldBytes(): number {
    return this.#values.length * 8;
  }

  expect(): void {
    // An array of values grows by itself.
  }

  add(block: FieldBlock, position: number, from: number, to: number): number {
    for (let record = from, i = from * block.width + position; record < to; record++, i += block.width) {
      this.#values.push(this.#valueOf(block, i));
    }
    this.length += to - from;
    return -1;
  }

  finish(): Column {
    return buildColumn(this.#name, this.#values, this.#losses);
  }

  #valueOf(block: FieldBlock, cell: number): unknown {
    switch (block.kinds[cell]) {
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case ESCAPED_TEXT:
        return escapedText(block, cell);
      case NUMBER:
      case NESTED: {
        const bytes = block.bytes.subarray(block.starts[cell], block.ends[cell]);
        this.rounded += inexactIntegers(bytes, scanTokens(bytes, this.#limits));
        return JSON.parse(textOf(bytes)) as unknown;
      }
      default:
        return textOf(block.bytes.subarray(block.starts[cell], block.ends[cell]));
    }
  }
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
