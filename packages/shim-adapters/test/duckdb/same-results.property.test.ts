import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duckdbAdapter } from '../../src/duckdb/adapter.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { tableIn } from '../requests.js';

it('gives the same tables and warnings as Parquet in JavaScript, by whichever the file was written', async () => {
  const duckdb = duckdbAdapter({ threads: 2 });
  const javascript = parquetAdapter();
  await fc.assert(
    fc.asyncProperty(arbitraryTable(), async (table) => {
      const request = { source: { value: table }, from: 'columns', to: 'parquet' } as const;
      const [ours, theirs] = await Promise.all([javascript.convert(request), duckdb.convert(request)]);
      expect(theirs.warnings).toEqual(ours.warnings);
      for (const { data: value } of [ours, theirs]) {
        if (!(value instanceof Uint8Array)) throw new TypeError('not bytes');
        const back = { source: { value }, from: 'parquet', to: 'columns' } as const;
        const [a, b] = await Promise.all([javascript.convert(back), duckdb.convert(back)]);
        expect(tableIn(b).fields).toEqual(tableIn(a).fields);
        expect(content(tableIn(b))).toEqual(content(tableIn(a)));
        expect(b.warnings).toEqual(a.warnings);
      }
    }),
    { numRuns: 60 },
  );
});
