import type { FileMetaData } from 'hyparquet';
import { broken } from './broken.js';

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
export function rowGroupsOf(metadata: FileMetaData): readonly RowRange[] {
  let start = 0;
  for (const group of metadata.row_groups) {
    const counts = group.columns.map(({ meta_data: chunk }) => chunk?.num_values ?? 0n);
    if (!(group.num_rows >= 0n) || counts.some((count) => !(count >= group.num_rows))) {
      throw broken('a row group and its columns differ in their number of rows');
    }
  }
  const rows = metadata.row_groups.reduce((sum, { num_rows: count }) => sum + count, 0n);
  if (rows !== metadata.num_rows) throw broken('the row groups do not add up to the rows of the file');
  return metadata.row_groups.map((group) => {
    const end = start + Number(group.num_rows);
    const range = { start, end };
    start = end;
    return range;
  });
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
