import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvAdapter } from '../../src/csv/adapter.js';
import type { ConversionOptions } from '../../src/request.js';
import type { ConversionWarning } from '../../src/losses.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { columnOf, tableOf } from '../column-of.js';
import { fullRegistry, request, tableIn, textIn } from '../requests.js';

const adapter = csvAdapter();

async function written(table: ColumnTable, options: ConversionOptions = {}): Promise<string> {
  return textIn(await adapter.convert(request('columns', 'csv', table, { options })));
}

async function encoded(
  tables: readonly ColumnTable[],
  options: ConversionOptions = {},
): Promise<{ text: string; warnings: ConversionWarning[] }> {
  const stream = async function* (): AsyncGenerator<ColumnTable> {
    for (const table of tables) yield await Promise.resolve(table);
  };
  const warnings: ConversionWarning[] = [];
  let text = '';
  const target = request('columns', 'csv', new ColumnTable([]), { options });
  for await (const piece of adapter.encodeStream?.(stream(), target) ?? []) {
    text += textIn(piece);
    warnings.push(...piece.warnings);
  }
  return { text, warnings };
}

describe('writing table by table', () => {
  test('is what is written at once, wherever the table is cut', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable(), fc.nat(12), fc.boolean(), async (table, cut, header) => {
        const { text } = await encoded([table.slice(0, cut), table.slice(cut)], { header });
        expect(text).toBe(await written(table, { header }));
      }),
      { numRuns: 300 },
    );
  });

  test('of no rows is the header, of no tables nothing', async () => {
    expect((await encoded([tableOf({ a: ['int8', []], b: ['int8', []] })])).text).toBe('a,b\n');
    expect((await encoded([])).text).toBe('');
  });
});

describe('text that a spreadsheet would run', () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'plain', '', "'=1", null];
  const table = new ColumnTable([
    columnOf({ name: 't', type: 'utf8' }, texts),
    columnOf({ name: 'd', type: 'utf8' }, texts, true),
    columnOf(
      { name: 'n', type: 'int8' },
      texts.map((_, i) => -i),
    ),
  ]);

  test('stays as it is by default', async () => {
    expect(await written(tableOf({ t: ['utf8', ['=1+1']] }))).toBe('t\n=1+1\n');
  });

  test("gets a ' in front on request, numbers do not", async () => {
    const text = await written(table, { escapeFormulas: true });
    expect(text.split('\n').slice(1, 4)).toEqual(["'=1+1,'=1+1,0", "'+1,'+1,-1", "'-1,'-1,-2"]);
    expect(text).toContain("'@SUM(A1),'@SUM(A1),-3");
    expect(text).toContain('"\'\rx","\'\rx",-5');
    expect(text).toContain("'=1,'=1,-8");
  });

  test('is counted as lost, row by row and column by column', async () => {
    const { warnings, quality } = await adapter.convert(
      request('columns', 'csv', table, { options: { escapeFormulas: true } }),
    );
    const found = warnings.filter(({ code }) => code === 'formula-escaped');
    expect(found.map(({ column, count, lossy }) => [column, count, lossy])).toEqual([
      ['t', 6, true],
      ['d', 6, true],
    ]);
    expect(quality).toBeCloseTo(1 - 12 / 30, 12);
  });

  test('is found in names and in JSON, too', async () => {
    const odd = new ColumnTable([columnOf({ name: '=A1', type: 'json' }, ['"=1"', '-5', '{"a":1}'])]);
    expect(await written(odd, { escapeFormulas: true })).toBe(`'=A1\n'=1\n-5\n"{""a"":1}"\n`);
  });

  test('is counted in a stream, where it is written', async () => {
    const { text, warnings } = await encoded([table.slice(0, 2), table.slice(2)], { escapeFormulas: true });
    expect(text).toBe(await written(table, { escapeFormulas: true }));
    const found = warnings.filter(({ code, column }) => code === 'formula-escaped' && column === 't');
    expect(found.map(({ count }) => count)).toEqual([2, 4]);
  });
});

describe('from csv to csv', () => {
  const registry = fullRegistry();
  const convert = async (options?: ConversionOptions): Promise<string> => {
    const { data } = await registry.convert(
      request('csv', 'csv', 'a;b\n=1;x\n', options === undefined ? {} : { options }),
    );
    return typeof data === 'string' ? data : Buffer.from(data as Uint8Array).toString();
  };

  test('is the source when nothing is asked for', async () => {
    expect(await convert()).toBe('a;b\n=1;x\n');
    expect(await convert({ limits: { rows: 10 } })).toBe('a;b\n=1;x\n');
  });

  test('is written anew with another delimiter, without a header, without formulas', async () => {
    expect(await convert({ delimiter: '|' })).toBe('a|b\n=1|x\n');
    expect(await convert({ escapeFormulas: true })).toBe("a,b\n'=1,x\n");
    expect(await convert({ nullTokens: ['x'] })).toBe('a,b\n=1,x\n');
  });

  test('rows and columns are selected', async () => {
    const result = await registry.convert(
      request('csv', 'csv', 'a;b\n1;x\n2;y\n', { columns: ['b'], options: { offset: 1 } }),
    );
    expect(textIn(result)).toBe('b\ny\n');
  });
});

describe('a read csv', () => {
  test('keeps what was escaped: the guard is for people, not for programs', async () => {
    const text = await written(tableOf({ t: ['utf8', ['=1']] }), { escapeFormulas: true });
    const back = tableIn(await adapter.convert(request('csv', 'columns', text)));
    expect(back.rows()).toEqual([{ t: "'=1" }]);
  });
});
