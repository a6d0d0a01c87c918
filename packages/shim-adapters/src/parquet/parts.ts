import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import { mergedWarnings } from '../losses.js';
import { concatTables } from '../table/concat.js';
import { ColumnTable } from '../table/column-table.js';

/** Cuts a request at row-group borders into at most `parts` of about equal rows. */
export function splitAtGroups(
  request: AnyRequest,
  groups: readonly { readonly start: number; readonly end: number }[],
  parts: number,
): readonly AnyRequest[] {
  const { offset: first = 0, limit = Infinity } = request.options ?? {};
  const rows = groups.at(-1)?.end ?? 0;
  const offset = Math.min(first, rows);
  const last = Math.min(rows, offset + limit);
  const borders = groups.map(({ start }) => start).filter((start) => start > offset && start < last);
  const ideal = (last - offset) / parts;
  const cuts = new Set<number>();
  for (let part = 1; part < parts; part++) {
    const wanted = offset + part * ideal;
    const nearest = borders.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a), offset);
    if (nearest > offset) cuts.add(nearest);
  }
  const edges = [offset, ...[...cuts].sort((a, b) => a - b), last];
  return edges.slice(1).map((end, i): AnyRequest => {
    const start = edges[i] ?? offset;
    return { ...request, options: { ...request.options, offset: start, limit: end - start } };
  });
}

/** The parts of one conversion as one result: rows in order, what was lost added up, by the rows of each part. */
export function mergeTables(results: readonly ConversionResult[]): ConversionResult {
  const [first] = results;
  const tables = results.map(({ data }) => data).filter((data) => data instanceof ColumnTable);
  const data = concatTables(tables);
  const kept = results.reduce((sum, { quality }, i) => sum + quality * (tables[i]?.length ?? 0), 0);
  return {
    data,
    format: 'columns',
    metadata: { ...first?.metadata, rows: data.length, columns: data.names },
    warnings: mergedWarnings(results.flatMap(({ warnings }) => warnings)),
    quality: data.length === 0 ? 1 : kept / data.length,
    route: first?.route ?? [],
    durationMs: Math.max(0, ...results.map(({ durationMs }) => durationMs)),
    bytes: data.byteLength,
  };
}
