import { broken } from './broken.js';
import type { ParquetFooter } from './footer-reader.js';

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Rows of one row group. */
export interface GroupPart extends RowRange {
  /** Which group. */
  readonly group: number;
}

/**
 * First and last row of each row group.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` when a footer contradicts itself about them
 */
export function rowGroupsOf({ rows, groups }: ParquetFooter): readonly RowRange[] {
  const ranges: RowRange[] = [];
  let start = 0;
  for (const group of groups) {
    if (group.chunks.some((chunk) => chunk !== undefined && chunk.values < group.rows)) {
      throw broken('a row group and its columns differ in their number of rows');
    }
    ranges.push({ start, end: start + group.rows });
    start += group.rows;
  }
  if (rows !== start) throw broken('the row groups do not add up to the rows of the file');
  return ranges;
}

/** The parts of row groups that lie in a range. */
export function partsWithin(groups: readonly RowRange[], range: RowRange): GroupPart[] {
  return groups
    .map(({ start, end }, group) => ({
      group,
      start: Math.max(start, range.start),
      end: Math.min(end, range.end),
    }))
    .filter(({ start, end }) => start < end);
}
