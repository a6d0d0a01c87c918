import { readCsv, type ReadCsvOptions } from '../../src/csv/reader.js';
import { Losses } from '../../src/losses.js';
import type { ColumnTable } from '../../src/table/column-table.js';
import { cells } from '../cells.js';

/** Reads a text. */
export function read(text: string | Uint8Array, options: ReadCsvOptions = {}): ColumnTable {
  return readCsv(typeof text === 'string' ? Buffer.from(text, 'utf8') : text, new Losses(), options);
}

/** The type and the cells of the only column `c` whose cells are given, a line each. */
export function column(
  lines: readonly string[],
  options: ReadCsvOptions = {},
): [type: string, ...cells: string[]] {
  const found = read(['c', ...lines, ''].join('\n'), { delimiter: ',', ...options }).column('c');
  return [found.field.type, ...cells(found)];
}
