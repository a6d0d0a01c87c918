const MAX_ENTRIES = 65_536;
const MIN_REPEATS = 2;
/** How many values are tried before a dictionary is given up for too many different ones. */
const TRIAL = 1024;

/**
 * Whether text that is being gathered in a dictionary had better be plain from the next new entry on: values must repeat
 * at least twice on average, and there may be at most 65,536 different ones.
 *
 * @param distinct entries so far
 * @param row the row that brings a new one
 * @param length rows in all
 */
export function outgrowsDictionary(distinct: number, row: number, length: number): boolean {
  if (distinct >= Math.min(MAX_ENTRIES, Math.floor(length / MIN_REPEATS))) return true;
  return row >= TRIAL && distinct > row / MIN_REPEATS;
}
