/** Rows looked at, at most, spread evenly over the data. */
export const SAMPLE_ROWS = 1000;

/** Fractional part of the golden ratio: its multiples never fall into step with a period of the data. */
const GOLDEN = 0.618_033_988_749_895;

/** Which of `length` rows are looked at, in order: all of few; of many, one of each of 1000 equal stretches. */
export function sampleRows(length: number): number[] {
  return spread(length, SAMPLE_ROWS);
}

/** `count` of `length` places, in order, one of each of as many equal stretches; all of fewer. */
export function spread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * length) / count);
    const end = Math.floor(((i + 1) * length) / count);
    return start + Math.floor(((i * GOLDEN) % 1) * (end - start));
  });
}

/** What a sample comes to over all of them. */
export function scaled(sampled: number, length: number, seen: number): number {
  return seen === 0 ? 0 : Math.round((sampled * length) / seen);
}

/** `'1000 of 3000000 rows'` */
export function sampledRowsText(seen: number, rows: number): string {
  return seen === rows ? `all ${String(rows)} rows` : `${String(seen)} of ${String(rows)} rows`;
}
