import { readBit } from '../table/bitmap.js';
import type { TextColumn } from '../table/column.js';
import { momentForm, MomentReader } from './calendar-cell.js';
import { cellFits, cellType, widerTypes, type InferredType } from './column/cell-type.js';

/** The type that the reader would find in this text; `null` when every value is null. Most columns are settled soon. */
export function textType({ bytes, offsets, validity, length }: TextColumn): InferredType | 'null' {
  let type: InferredType | 'null' = 'null';
  let first = 0;
  let moments: MomentReader | undefined;
  const halves = new Int32Array(2);
  for (let row = 0; row < length && type !== 'utf8'; row++) {
    if (validity !== undefined && !readBit(validity, row)) continue;
    const start = offsets[row] ?? 0;
    const end = offsets[row + 1] ?? start;
    if (type === 'null') {
      type = cellType(bytes, start, end);
      first = row;
      const form = type === 'timestamp' ? momentForm(bytes, start, end) : undefined;
      moments = form === undefined ? undefined : new MomentReader(form);
    } else if (!(moments?.read(bytes, start, end, halves, 0) ?? cellFits(bytes, start, end, type))) {
      type = widerTypes(type).find((wider) => cellFits(bytes, start, end, wider)) ?? 'utf8';
      // Every value before must fit the wider type as well.
      if (type !== 'utf8') row = first - 1;
    }
  }
  return type;
}
