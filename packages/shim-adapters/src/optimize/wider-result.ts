import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import { ColumnTable } from '../table/column-table.js';
import type { CacheLike } from './ports.js';
import { asResult } from './keeping.js';

/**
 * A kept result that has all the columns a request wants, cut to them; undefined when there is none. It is found by the
 * tag that all results share which differ in nothing but their columns, so nothing is remembered beside the cache.
 */
export async function fromWider(
  cache: CacheLike,
  tag: string,
  { columns }: AnyRequest,
  restored: (value: unknown) => ConversionResult | Promise<ConversionResult> = asResult,
): Promise<ConversionResult | undefined> {
  if (columns === undefined || cache.entries === undefined || cache.getAsync === undefined) return undefined;
  // Reading may remove what has expired: the list is taken first.
  for (const { key } of [...cache.entries({ tag })]) {
    const kept = await cache.getAsync(key);
    // Between the look and the reading it may have been removed.
    if (kept === undefined) continue;
    const result = await restored(kept);
    const { data } = result;
    if (data instanceof ColumnTable && columns.every((name) => data.has(name)))
      return cut(result, data, columns);
  }
  return undefined;
}

/** What was lost in columns that are not wanted is no concern of this request. */
function cut(result: ConversionResult, data: ColumnTable, columns: readonly string[]): ConversionResult {
  const table = data.select(columns);
  const warnings = result.warnings.filter(({ column }) => column === undefined || columns.includes(column));
  const lost = warnings.reduce((sum, { lossy, count }) => sum + (lossy ? count : 0), 0);
  const total = table.length * columns.length;
  return {
    ...result,
    data: table,
    metadata: { ...result.metadata, rows: table.length, columns: table.names },
    warnings,
    quality: total === 0 ? 1 : Math.max(0, 1 - lost / total),
    bytes: table.byteLength,
  };
}
