import { BoolCellColumn } from '../../csv/column/bool-column.js';
import type { FieldBlock } from '../../csv/field-block.js';
import { FALSE, NULL, TRUE } from '../cell-kind.js';

/** `true` and `false`, which no string stands for. */
export class TruthColumn extends BoolCellColumn {
  override add(block: FieldBlock, position: number, from: number, to: number): number {
    const { kinds, width } = block;
    let end = from;
    for (let i = from * width + position; end < to; end++, i += width) {
      const kind = kinds[i];
      if (kind !== TRUE && kind !== FALSE && kind !== NULL) break;
    }
    super.add(block, position, from, end);
    return end < to ? end : -1;
  }
}
