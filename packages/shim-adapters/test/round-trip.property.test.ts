import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversionResult } from '../src/result.js';
import type { Format } from '../src/request.js';
import { arbitraryTable } from './arbitrary-table.js';
import { cells } from './cells.js';
import { fullRegistry, request, tableIn } from './requests.js';

const FORMATS: readonly Format[] = [
  'csv',
  'json',
  'ndjson',
  'rows',
  'arrow',
  'arrow-ipc',
  'parquet',
  'msgpack',
];
const registry = fullRegistry();

/** What the warnings of a way there and back own up to. */
function confessed(results: readonly ConversionResult[]): {
  has: (code: string) => boolean;
  lost: (column: string) => boolean;
} {
  const warnings = results.flatMap((result) => result.warnings);
  return {
    has: (code) => warnings.some((warning) => warning.code === code),
    lost: (name) => warnings.some(({ lossy, column }) => lossy && (column === undefined || column === name)),
  };
}

async function convert(from: Format, to: Format, value: unknown): Promise<ConversionResult> {
  return registry.convert(request(from, to, value));
}

describe('there and back is the identity, or a loss with a name', () => {
  test.each(FORMATS)('columns > %s > columns', async (format) => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable(), async (table) => {
        const there = await convert('columns', format, table);
        const back = await convert(format, 'columns', there.data);
        const result = tableIn(back);
        const { has, lost } = confessed([there, back]);

        if (has('rows-dropped') || has('columns-dropped')) return;
        expect(result.length).toBe(table.length);
        expect(result.columns).toHaveLength(table.columns.length);
        if (!has('column-renamed')) expect(result.names).toEqual(table.names);
        table.columns.forEach((column, i) => {
          const returned = result.columns[i];
          if (lost(column.field.name) || lost(returned?.field.name ?? '')) return;
          expect(returned && cells(returned), column.field.type).toEqual(cells(column));
        });
        for (const { quality, warnings } of [there, back]) {
          expect(quality < 1).toBe(warnings.some(({ lossy }) => lossy));
        }
      }),
      { numRuns: 150 },
    );
  });

  const pairs = FORMATS.flatMap((a) => FORMATS.map((b) => [a, b] as const)).filter(([a, b]) => a !== b);
  test.each(pairs)('%s > %s and back keeps the values', async (a, b) => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), async (table) => {
        const start = await convert('columns', a, table);
        const direct = await convert(a, 'columns', start.data);
        const there = await convert(a, b, start.data);
        const back = await convert(b, a, there.data);
        const result = await convert(a, 'columns', back.data);
        const { has, lost } = confessed([there, back, result]);

        if (has('rows-dropped') || has('columns-dropped') || tableIn(direct).length === 0) return;
        tableIn(direct).columns.forEach((column, i) => {
          const returned = tableIn(result).columns[i];
          if (lost(column.field.name) || lost(returned?.field.name ?? '')) return;
          expect(returned && cells(returned), column.field.type).toEqual(cells(column));
        });
      }),
      { numRuns: 12 },
    );
  });
});

describe('a lossy warning is never a false alarm', () => {
  test.each(FORMATS)('columns > %s > columns', async (format) => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), async (table) => {
        const there = await convert('columns', format, table);
        const back = await convert(format, 'columns', there.data);
        const alarms = there.warnings.filter(({ lossy }) => lossy).map(({ column }) => column);
        table.columns.forEach((column, i) => {
          // JSON that is a column of plain numbers comes back from CSV as numbers: counted cell by cell, to be safe.
          if (!alarms.includes(column.field.name) || column.field.type === 'json') return;
          const returned = tableIn(back).columns[i];
          expect(returned && cells(returned), column.field.type).not.toEqual(cells(column));
        });
      }),
      { numRuns: 100 },
    );
  });
});
