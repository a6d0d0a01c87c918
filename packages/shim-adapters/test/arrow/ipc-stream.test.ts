import * as arrow from 'apache-arrow';
import * as flechette from '@uwdata/flechette';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrowAdapter } from '../../src/arrow/adapter.js';
import { ConversionError } from '../../src/errors.js';
import type { Column } from '../../src/table/column.js';
import { concatTables } from '../../src/table/concat.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { nestedTable } from '../nested-columns.js';
import { failure, fullRegistry, request, tableIn } from '../requests.js';
import type { AnyRequest, Source } from '../../src/request.js';

const registry = fullRegistry();
const adapter = arrowAdapter();

async function* streamed(...tables: readonly ColumnTable[]): AsyncGenerator<ColumnTable> {
  for (const table of tables) yield await Promise.resolve(table);
}

async function encoded(...tables: readonly ColumnTable[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const target = request('columns', 'arrow-ipc', new ColumnTable([]));
  for await (const { data } of adapter.encodeStream?.(streamed(...tables), target) ?? []) {
    if (data instanceof Uint8Array) pieces.push(data);
  }
  return Buffer.concat(pieces);
}

async function tablesOf(
  source: Source,
  rest: Partial<AnyRequest> = {},
  batchRows = 65_536,
): Promise<ColumnTable[]> {
  const wanted: AnyRequest = { source, from: 'arrow-ipc', to: 'columns', ...rest };
  const tables: ColumnTable[] = [];
  for await (const batch of registry.stream(wanted, { batchRows })) tables.push(tableIn(batch));
  return tables;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function reread(bytes: Uint8Array): Promise<ColumnTable> {
  return tableIn(await adapter.convert(request('arrow', 'columns', arrow.tableFromIPC(bytes))));
}

const three = [
  tableOf({ a: ['int32', [1, 2]], t: ['utf8', ['x', 'é']] }),
  tableOf({ a: ['int32', [3]], t: ['utf8', [null]] }),
  tableOf({ a: ['int32', [4, null, 6]], t: ['utf8', ['', 'z', 'z']] }),
];
const whole = concatTables(three);

describe('writing an IPC stream table by table', () => {
  test('is what both libraries read', async () => {
    const bytes = await encoded(...three);
    const read = arrow.tableFromIPC(bytes);
    expect(read.batches.map(({ numRows }) => numRows)).toEqual([2, 1, 3]);
    expect(content(tableIn(await adapter.convert(request('arrow', 'columns', read))))).toEqual(
      content(whole),
    );
    const other = flechette.tableFromIPC(new Uint8Array(bytes), { useBigInt: true });
    expect(content(tableIn(await adapter.convert(request('arrow', 'columns', other))))).toEqual(
      content(whole),
    );
  });

  test('is the table again, whatever is in it and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable({ minColumns: 1 }), fc.nat(12), async (table, cut) => {
        const bytes = await encoded(table.slice(0, cut), table.slice(cut));
        const back = tableIn(await adapter.convert(request('arrow-ipc', 'columns', bytes)));
        expect(content(back)).toEqual(content(table));
      }),
      { numRuns: 200 },
    );
  });

  test('writes text plainly where one batch has a dictionary and another has none', async () => {
    const bytes = await encoded(
      new ColumnTable([columnOf({ name: 't', type: 'utf8' }, ['x', 'y', 'x'], true)]),
      new ColumnTable([columnOf({ name: 't', type: 'utf8' }, ['z', null])]),
      new ColumnTable([columnOf({ name: 't', type: 'utf8' }, ['q', null], true)]),
    );
    const read = arrow.tableFromIPC(bytes);
    expect(String(read.schema.fields[0]?.type)).toBe('Utf8');
    expect(read.toArray().map((row) => JSON.stringify(row))).toEqual(
      ['"x"', '"y"', '"x"', '"z"', 'null', '"q"', 'null'].map((text) => `{"t":${text}}`),
    );
  });

  test('gives a batch of nothing but nulls the type of the first one', async () => {
    const bytes = await encoded(
      tableOf({ a: ['int32', [1]], t: ['utf8', ['x']] }),
      tableOf({ a: ['null', [null, null]], t: ['null', [null, null]] }),
    );
    expect(arrow.tableFromIPC(bytes).numRows).toBe(3);
  });

  const moment = (unit: 'second' | 'millisecond'): ColumnTable =>
    new ColumnTable([columnOf({ name: 'a', type: 'timestamp', unit }, [1n])]);
  const amount = (scale: number, words: 2 | 4 = 2): ColumnTable =>
    new ColumnTable([
      {
        layout: 'decimal',
        field: { name: 'a', type: 'decimal', precision: 20, scale },
        length: 1,
        nullCount: 0,
        validity: undefined,
        words,
        values: new BigUint64Array(words),
      },
    ]);
  const list = (child: Column): ColumnTable =>
    new ColumnTable([
      {
        layout: 'list',
        field: { name: 'a', type: 'list' },
        length: 1,
        nullCount: 0,
        validity: undefined,
        offsets: Int32Array.of(0, child.length),
        child,
      },
    ]);
  const int = tableOf({ a: ['int32', [1]] });
  const promised = new ColumnTable([columnOf({ name: 'a', type: 'int32', nullable: false }, [1])]);

  test.each<[string, ColumnTable, ColumnTable]>([
    ['another name', int, tableOf({ b: ['int32', [1]] })],
    ['another type', int, tableOf({ a: ['utf8', ['x']] })],
    ['one column more', int, tableOf({ a: ['int32', [1]], b: ['int32', [1]] })],
    ['one column less', tableOf({ a: ['int32', [1]], b: ['int32', [1]] }), int],
    ['another unit', moment('second'), moment('millisecond')],
    ['another scale', amount(2), amount(3)],
    ['wider decimals', amount(2), amount(2, 4)],
    [
      'another kind of entries',
      list(columnOf({ name: 'item', type: 'int32' }, [1])),
      list(columnOf({ name: 'item', type: 'utf8' }, ['x'])),
    ],
    [
      'entries where there were none',
      list(columnOf({ name: 'item', type: 'null' }, [null])),
      list(columnOf({ name: 'item', type: 'int32' }, [1])),
    ],
    ['a null where none was promised', promised, tableOf({ a: ['int32', [null]] })],
  ])('refuses a table with %s', async (_name, first, odd) => {
    const error = await failure(() => encoded(first, odd));
    expect(error.code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
  });

  test('brings lists of nothing but nulls, and dictionaries within structs, into one layout', async () => {
    const lists = [
      list(columnOf({ name: 'item', type: 'int32' }, [1, 2])),
      list(columnOf({ name: 'item', type: 'null' }, [null, null])),
    ];
    expect(content(await reread(await encoded(...lists)))).toEqual([
      ['a', ['json [1,2]', 'json [null,null]']],
    ]);
    const structs = [true, false].map((dictionary) => {
      const child = columnOf({ name: 't', type: 'utf8' }, ['x', 'y', 'x'], dictionary);
      const struct: Column = {
        layout: 'struct',
        field: { name: 's', type: 'struct' },
        length: 3,
        nullCount: 0,
        validity: undefined,
        children: [child],
      };
      return new ColumnTable([struct]);
    });
    const cells = ['json {"t":"x"}', 'json {"t":"y"}', 'json {"t":"x"}'];
    expect(content(await reread(await encoded(...structs)))).toEqual([['s', [...cells, ...cells]]]);
  });

  test('keeps decimals, bytes, lists and structs', async () => {
    const bytes = await encoded(nestedTable(), nestedTable());
    expect(content(await reread(bytes))).toEqual(content(concatTables([nestedTable(), nestedTable()])));
  });

  test('of no rows keeps the columns, of no tables gives an empty one', async () => {
    const empty = tableOf({ a: ['int32', []] });
    const back = tableIn(await adapter.convert(request('arrow-ipc', 'columns', await encoded(empty))));
    expect(back.fields).toEqual(empty.fields);
    expect(arrow.tableFromIPC(await encoded()).numRows).toBe(0);
  });

  test('a file is not written so, because its footer lists all batches: it is held, which is told', async () => {
    const wanted = request('csv', 'arrow-ipc', 'a\n1\n', { options: { ipc: 'file' } });
    const found: Uint8Array[] = [];
    const codes: string[] = [];
    for await (const { data, warnings } of registry.stream(wanted)) {
      if (data instanceof Uint8Array) found.push(data);
      codes.push(...warnings.map(({ code }) => code));
    }
    expect(codes).toEqual(['not-streamed']);
    expect(Buffer.concat(found).subarray(0, 6).toString()).toBe('ARROW1');
  });
});

describe('reading IPC table by table', () => {
  test.each([1, 3, 8, 64, 1000])('gives the batches as they were, in pieces of %i bytes', async (size) => {
    const bytes = await encoded(...three);
    const tables = await tablesOf({ stream: pieces(bytes, size) });
    expect(tables.map(content)).toEqual(three.map(content));
  });

  test('cuts large batches', async () => {
    const bytes = await encoded(...three);
    const tables = await tablesOf({ value: bytes }, {}, 2);
    expect(tables.map(({ length }) => length)).toEqual([2, 1, 2, 1]);
    expect(content(concatTables(tables))).toEqual(content(whole));
  });

  test('reads a file as well, footer and all', async () => {
    const made = flechette.tableFromIPC(new Uint8Array(await encoded(...three)), { useBigInt: true });
    const bytes = flechette.tableToIPC(made, { format: 'file' }) ?? new Uint8Array();
    const tables = await tablesOf({ stream: pieces(bytes, 100) });
    expect(tables.map(content)).toEqual(three.map(content));
  });

  test('a file whose schema stands in its footer only is read as a whole, where that is possible', async () => {
    const bytes = arrow.tableToIPC(arrow.tableFromIPC(await encoded(...three)), 'file');
    const tables = await tablesOf({ value: bytes }, { columns: ['t'], options: { offset: 1 } }, 2);
    expect(content(concatTables(tables))).toEqual(content(whole.select(['t']).slice(1)));
    const error = await failure(() => tablesOf({ stream: pieces(bytes, 100) }));
    expect(error.message).toContain('its schema stands at its end only');
  });

  test('dictionaries are those that came last before a batch', async () => {
    const first = flechette.tableToIPC(
      flechette.tableFromColumns({
        t: flechette.columnFromArray(['x', 'y', 'x'], flechette.dictionary(flechette.utf8())),
      }),
      {},
    );
    const tables = await tablesOf({ value: first ?? new Uint8Array() });
    expect(tables.map(content)).toEqual([[['t', ['string x', 'string y', 'string x']]]]);
  });

  test('only the wanted columns and rows', async () => {
    const bytes = await encoded(...three);
    const rest = { columns: ['t'], options: { offset: 1, limit: 3 } };
    const tables = await tablesOf({ value: bytes }, rest);
    expect(content(concatTables(tables))).toEqual([['t', ['string é', 'null', 'string ']]]);
  });

  test('a schema without batches is a table without rows', async () => {
    const bytes = await encoded(tableOf({ a: ['int32', []] }));
    const [only, more] = await tablesOf({ value: bytes });
    expect([only?.length, only?.names, more]).toEqual([0, ['a'], undefined]);
  });

  test('progress counts bytes up to their total', async () => {
    const bytes = await encoded(...three);
    const seen: string[] = [];
    const wanted = request('arrow-ipc', 'columns', bytes);
    const onProgress = ({ done, total, unit }: { done: number; total: number; unit: string }): void => {
      seen.push(`${String(done)}/${String(total)} ${unit}`);
    };
    for await (const batch of registry.stream(wanted, { onProgress })) expect(batch.rows).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(`${String(bytes.length)}/${String(bytes.length)} bytes`);
  });
});

describe('hostile bytes', () => {
  const shapes: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    flat: () => encoded(...three),
    file: async () => arrow.tableToIPC(arrow.tableFromIPC(await encoded(...three)), 'file'),
    dictionary: () =>
      Promise.resolve(
        arrow.tableToIPC(arrow.tableFromArrays({ t: ['x', null, 'y', 'x'], n: [1, 2, 3, 4] }), 'stream'),
      ),
    nested: () =>
      Promise.resolve(
        flechette.tableToIPC(
          flechette.tableFromColumns({
            l: flechette.columnFromArray([[1], null, [2, 3]], flechette.list(flechette.int32())),
            s: flechette.columnFromArray(
              [{ a: 'x' }, null, { a: 'y' }],
              flechette.struct({ a: flechette.utf8() }),
            ),
          }),
          {},
        ) ?? new Uint8Array(),
      ),
  };

  test.each(Object.entries(shapes))(
    '%s: flipped or cut anywhere, a table or a typed error',
    async (_name, make) => {
      const bytes = new Uint8Array(await make());
      const outcomeOf = async (broken: Uint8Array): Promise<unknown> => {
        for (const run of [
          () => adapter.convert(request('arrow-ipc', 'columns', broken)).then(tableIn),
          () => tablesOf({ value: broken }).then((tables) => tables.at(-1)),
        ]) {
          const outcome = await run().catch((error: unknown) => error);
          if (!(outcome instanceof ColumnTable || outcome instanceof ConversionError)) return outcome;
          // What is taken for a table can be read to its end.
          if (outcome instanceof ColumnTable) content(outcome);
        }
        return 'fine';
      };
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), fc.boolean(), async (at, bit, cut) => {
          const broken = cut ? bytes.slice(0, at) : bytes.slice();
          if (!cut) broken[at] = (broken[at] ?? 0) ^ (1 << bit);
          expect(await outcomeOf(broken)).toBe('fine');
        }),
        { numRuns: 500 },
      );
    },
  );

  test('a message that claims more than there is is refused before memory is taken', async () => {
    const bytes = await encoded(...three);
    bytes.writeInt32LE(2 ** 31 - 16, 4);
    const before = process.memoryUsage().arrayBuffers;
    const error = await failure(() => adapter.convert(request('arrow-ipc', 'columns', bytes)));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  test('more columns or rows than the limits are refused', async () => {
    const bytes = await encoded(...three);
    for (const limits of [{ columns: 1 }, { rows: 2 }]) {
      const wanted = request('arrow-ipc', 'columns', bytes, { options: { limits } });
      const error = await failure(() => adapter.convert(wanted));
      expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
    }
  });
});
