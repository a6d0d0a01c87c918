import { TextCellColumn } from '../../csv/column/text-column.js';
import type { FieldBlock } from '../../csv/field-block.js';
import { ESCAPED_TEXT, NULL, TEXT } from '../cell-kind.js';

/** Strings as UTF-8: as they stand where they have no escapes. */
export class JsonTextColumn extends TextCellColumn {
  /** Strings with a lone surrogate, which has no UTF-8 form. */
  illFormed = 0;

  override add(block: FieldBlock, position: number, from: number, to: number): number {
    const { kinds, width } = block;
    let start = from;
    for (let record = from, i = from * width + position; record < to; record++, i += width) {
      const kind = kinds[i];
      if (kind === TEXT || kind === NULL) continue;
      super.add(block, position, start, record);
      if (kind !== ESCAPED_TEXT) return record;
      this.#appendEscaped(block, i);
      start = record + 1;
    }
    super.add(block, position, start, to);
    return -1;
  }

  #appendEscaped(block: FieldBlock, cell: number): void {
    const text = escapedText(block, cell);
    if (!text.isWellFormed()) this.illFormed += 1;
    this.append(Buffer.from(text, 'utf8'));
  }
}

/** A string with its escapes undone. */
export function escapedText({ bytes, starts, ends }: FieldBlock, cell: number): string {
  const start = (starts[cell] ?? 0) - 1;
  const quoted = Buffer.from(bytes.buffer, bytes.byteOffset + start, (ends[cell] ?? 0) + 1 - start);
  return String(JSON.parse(quoted.toString('utf8')));
}
