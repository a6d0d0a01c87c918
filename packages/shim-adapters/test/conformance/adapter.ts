import { describe, expect, test } from 'vitest';
import type { ShimAdapter } from '../../src/adapter.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest, Format } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import type { ColumnType, Field } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { AWKWARD_NAMES } from '../arbitrary-table.js';
import { cells, content } from '../cells.js';
import { columnOf, tableOf, type Stored } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

/** What one format is expected to do. */
export interface FormatCase {
  readonly format: Format;
  readonly adapter: () => ShimAdapter;
  /** The types whose values do not come back, with the warning that says so. */
  readonly losses?: Readonly<Partial<Record<ColumnType, string>>>;
  /** The warning for extremes of these types, where they differ from ordinary values. */
  readonly extremeLosses?: Readonly<Partial<Record<ColumnType, string>>>;
  /** What becomes of a column whose name is the empty text. Default: it keeps it. */
  readonly renamesUnnamed?: boolean;
  /** Whether a table without rows keeps its columns. */
  readonly keepsEmptyColumns: boolean;
  /** Whether key/value metadata of a table comes back. */
  readonly keepsMetadata: boolean;
}

const ORDINARY: readonly (readonly [field: Field, values: readonly Stored[]])[] = [
  [{ name: 'c', type: 'null' }, [null, null, null]],
  [{ name: 'c', type: 'bool' }, [true, null, false]],
  [{ name: 'c', type: 'int8' }, [1, null, -1]],
  [{ name: 'c', type: 'int16' }, [300, null, -300]],
  [{ name: 'c', type: 'int32' }, [70_000, null, -70_000]],
  [{ name: 'c', type: 'int64' }, [5_000_000_000n, null, -1n]],
  [{ name: 'c', type: 'uint8' }, [200, null, 0]],
  [{ name: 'c', type: 'uint16' }, [60_000, null, 0]],
  [{ name: 'c', type: 'uint32' }, [4_000_000_000, null, 0]],
  [{ name: 'c', type: 'uint64' }, [5_000_000_000n, null, 0n]],
  [{ name: 'c', type: 'float32' }, [0.5, null, -0.25]],
  [{ name: 'c', type: 'float64' }, [0.1, null, -1e-7]],
  [{ name: 'c', type: 'date' }, [19_844, null, -1]],
  [{ name: 'c', type: 'timestamp', unit: 'millisecond', timezone: 'UTC' }, [1_714_558_830_123n, null, -1n]],
  [{ name: 'c', type: 'utf8' }, ['one', null, '']],
  [{ name: 'c', type: 'json' }, ['{"a":[1,null]}', null, '[]']],
];

const EXTREMES: readonly (readonly [field: Field, values: readonly Stored[]])[] = [
  [{ name: 'c', type: 'int8' }, [-128, 127]],
  [{ name: 'c', type: 'int16' }, [-32_768, 32_767]],
  [{ name: 'c', type: 'int32' }, [-(2 ** 31), 2 ** 31 - 1]],
  [{ name: 'c', type: 'int64' }, [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n]],
  [{ name: 'c', type: 'uint8' }, [255]],
  [{ name: 'c', type: 'uint16' }, [65_535]],
  [{ name: 'c', type: 'uint32' }, [2 ** 32 - 1]],
  [{ name: 'c', type: 'uint64' }, [2n ** 64n - 1n, 0n]],
  [{ name: 'c', type: 'float32' }, [NaN, Infinity, -Infinity, -0, 0, 1.17549435e-38]],
  [
    { name: 'c', type: 'float64' },
    [NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308, 2 ** 60],
  ],
  [{ name: 'c', type: 'date' }, [2 ** 31 - 1, -(2 ** 31)]],
  [{ name: 'c', type: 'timestamp', unit: 'millisecond', timezone: 'UTC' }, [2n ** 63n - 1n, -(2n ** 63n)]],
];

const UNICODE = [
  'plain',
  'Ünïcödé',
  'e\u0301 is not \u00e9',
  '👩‍👩‍👧',
  '😀',
  'עברית',
  '\ufeffmark',
  'a\u0000b',
  '\u2028',
  '',
];

function named(cases: typeof ORDINARY): [type: ColumnType, field: Field, values: readonly Stored[]][] {
  return cases.map(([field, values]) => [field.type, field, values]);
}

/** The behaviours that every adapter shows, whatever its format. */
export function describeAdapter(given: FormatCase): void {
  const { format, losses = {}, extremeLosses = {} } = given;
  const adapter = given.adapter();

  const convert = (
    from: Format,
    to: Format,
    value: unknown,
    rest?: Parameters<typeof request>[3],
  ): Promise<ConversionResult> => adapter.convert(request(from, to, value, rest));
  const encoded = async (table: ColumnTable): Promise<unknown> =>
    (await convert('columns', format, table)).data;
  const roundTrip = async (
    table: ColumnTable,
  ): Promise<{ table: ColumnTable; codes: string[]; quality: number }> => {
    const there = await convert('columns', format, table);
    const back = await convert(format, 'columns', there.data);
    const lossy = [...there.warnings, ...back.warnings].filter((warning) => warning.lossy);
    return {
      table: tableIn(back),
      codes: lossy.map(({ code }) => code),
      quality: there.quality * back.quality,
    };
  };

  describe(`adapter of ${format}`, () => {
    describe('values', () => {
      test.each(named(ORDINARY))('%s', async (_type, field, values) => {
        const table = new ColumnTable([columnOf(field, values)]);
        const result = await roundTrip(table);
        const loss = losses[field.type];
        expect(result.codes).toEqual(loss === undefined ? [] : [loss]);
        if (loss === undefined) expect(content(result.table)).toEqual(content(table));
        expect(result.quality < 1).toBe(loss !== undefined);
      });

      test.each(named(EXTREMES))('extremes of %s', async (_type, field, values) => {
        const table = new ColumnTable([columnOf(field, values)]);
        const result = await roundTrip(table);
        const loss = extremeLosses[field.type] ?? losses[field.type];
        if (loss === undefined) {
          expect(result.codes).toEqual([]);
          expect(content(result.table)).toEqual(content(table));
        } else {
          expect(result.codes).toContain(loss);
          expect(result.quality).toBeLessThan(1);
        }
      });

      test('unicode, in plain text and in a dictionary', async () => {
        const table = new ColumnTable([
          columnOf({ name: 'plain', type: 'utf8' }, UNICODE),
          columnOf({ name: 'repeated', type: 'utf8' }, UNICODE, true),
        ]);
        expect(content((await roundTrip(table)).table)).toEqual(content(table));
      });

      test('empty text stays apart from null', async () => {
        const table = tableOf({ c: ['utf8', ['', null, '', null, 'x']] });
        expect(content((await roundTrip(table)).table)).toEqual(content(table));
      });

      test('a single column of nulls keeps its rows', async () => {
        const { table } = await roundTrip(tableOf({ c: ['utf8', [null, null, null]] }));
        expect(content(table)).toEqual([['c', ['null', 'null', 'null']]]);
      });
    });

    describe('shapes', () => {
      test('one row', async () => {
        const table = tableOf({ a: ['int32', [1]], b: ['utf8', ['x']] });
        expect(content((await roundTrip(table)).table)).toEqual(content(table));
      });

      test('no rows', async () => {
        const { table, quality } = await roundTrip(tableOf({ a: ['int32', []], b: ['utf8', []] }));
        expect([table.length, quality]).toEqual([0, 1]);
        expect(table.names).toEqual(given.keepsEmptyColumns ? ['a', 'b'] : []);
      });

      test('no columns: never an error, and rows that are forgotten are named', async () => {
        const there = await convert('columns', format, new ColumnTable([], 3));
        const back = await convert(format, 'columns', there.data);
        expect(tableIn(back).names).toEqual([]);
        const named = there.warnings.some(({ code }) => code === 'rows-dropped');
        expect(tableIn(back).length).toBe(named ? 0 : 3);
      });

      test('columns called like properties of every object, or with the syntax of a format', async () => {
        const names = AWKWARD_NAMES.filter((name) => name !== '');
        const table = new ColumnTable(names.map((name, i) => columnOf({ name, type: 'int32' }, [i, i + 1])));
        expect(content((await roundTrip(table)).table)).toEqual(content(table));
      });

      test('a column without a name', async () => {
        const table = new ColumnTable([columnOf({ name: '', type: 'int32' }, [1])]);
        const { table: back } = await roundTrip(table);
        expect(back.names).toEqual([given.renamesUnnamed === true ? 'column_1' : '']);
        expect(back.columns.map(cells)).toEqual([['number 1']]);
      });

      test('the slice of a table is written as if it were a table of its own', async () => {
        const whole = new ColumnTable([
          columnOf({ name: 'n', type: 'int32' }, [1, 2, null, 4, 5, 6, 7, 8, null, 10, 11]),
          columnOf({ name: 'b', type: 'bool' }, [
            true,
            null,
            false,
            true,
            true,
            null,
            false,
            true,
            true,
            null,
            true,
          ]),
          columnOf({ name: 't', type: 'utf8' }, ['a', 'b', null, 'd', 'e', 'f', null, 'h', 'i', 'j', 'k']),
          columnOf(
            { name: 'd', type: 'utf8' },
            ['x', 'y', null, 'x', 'y', 'x', null, 'y', 'x', 'y', 'x'],
            true,
          ),
        ]);
        const slice = whole.slice(1, 9);
        expect(content((await roundTrip(slice)).table)).toEqual(content(slice));
      });

      test('key/value metadata comes back, or its loss is named', async () => {
        const column = columnOf({ name: 'a', type: 'int32' }, [1]);
        const table = new ColumnTable([column], 1, new Map([['origin', 'Zürich']]));
        const there = await convert('columns', format, table);
        const back = await convert(format, 'columns', there.data);
        const named = there.warnings.some(({ code }) => code === 'metadata-dropped');
        expect(named).toBe(!given.keepsMetadata);
        expect(tableIn(back).metadata.get('origin')).toBe(given.keepsMetadata ? 'Zürich' : undefined);
      });
    });

    describe('selection', () => {
      const table = tableOf({
        a: ['int32', [1, 2, 3, 4]],
        b: ['utf8', ['w', 'x', 'y', 'z']],
        c: ['bool', [true, false, null, true]],
      });
      const both = async (rest: Parameters<typeof request>[3]): Promise<ColumnTable[]> => {
        const reading = tableIn(await convert(format, 'columns', await encoded(table), rest));
        const written = (await convert('columns', format, table, rest)).data;
        return [reading, tableIn(await convert(format, 'columns', written))];
      };

      test('columns, in the order asked for', async () => {
        for (const part of await both({ columns: ['c', 'a'] })) {
          expect(content(part)).toEqual(content(table.select(['c', 'a'])));
        }
      });

      test('offset and limit', async () => {
        for (const part of await both({ options: { offset: 1, limit: 2 } })) {
          expect(content(part)).toEqual(content(table.slice(1, 3)));
        }
      });

      test('columns, offset and limit at once', async () => {
        for (const part of await both({ columns: ['b'], options: { offset: 3, limit: 9 } })) {
          expect(content(part)).toEqual([['b', ['string z']]]);
        }
      });

      test('an offset at or beyond the end gives no rows', async () => {
        for (const offset of [4, 5, Number.MAX_SAFE_INTEGER]) {
          for (const part of await both({ options: { offset } })) expect(part.length).toBe(0);
        }
      });

      test('a limit of 0 gives no rows', async () => {
        for (const part of await both({ options: { limit: 0 } })) expect(part.length).toBe(0);
      });

      test('no columns at all', async () => {
        const reading = await convert(format, 'columns', await encoded(table), { columns: [] });
        expect(tableIn(reading).names).toEqual([]);
      });

      test('a column that is not there is refused by name', async () => {
        const value = await encoded(table);
        for (const run of [
          () => convert(format, 'columns', value, { columns: ['a', 'nope'] }),
          () => convert('columns', format, table, { columns: ['a', 'nope'] }),
        ]) {
          const error = await failure(run);
          expect(error.code).toBe('ERR_PERF_CONVERT_NO_COLUMN');
          expect(error.message).toContain("'nope'");
        }
      });
    });

    describe('manners', () => {
      const table = tableOf({ a: ['int32', [1, 2, 3]] });

      test('a signal that was aborted before stops both directions', async () => {
        const signal = AbortSignal.abort(new Error('enough'));
        const value = await encoded(table);
        for (const one of [request(format, 'columns', value), request('columns', format, table)]) {
          const error = await failure(() => adapter.convert(one, { signal }));
          expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
          expect(error.cause).toEqual(new Error('enough'));
        }
      });

      test('an abort during a conversion is heard, or comes too late', async () => {
        const controller = new AbortController();
        const running = adapter.convert(request(format, 'columns', await encoded(table)), {
          signal: controller.signal,
        });
        controller.abort();
        const outcome = await running.then(
          (result) => tableIn(result).length,
          (error: unknown) => Reflect.get(Object(error), 'code') as unknown,
        );
        expect([3, 'ERR_PERF_CONVERT_ABORTED']).toContain(outcome);
      });

      test('progress ends at its total', async () => {
        const registry = new AdapterRegistry().register(adapter);
        const seen: string[] = [];
        const source: AnyRequest = request(format, 'columns', await encoded(table));
        await registry.convert(source, {
          onProgress: ({ done, total, unit }) => seen.push(`${unit} ${String(done)}/${String(total)}`),
        });
        expect(seen.at(-1)).toBe('steps 1/1');
      });

      test('the metadata of a request travels into the result', async () => {
        const metadata = { user: 'u1', nested: { a: [1] } };
        const result = await convert('columns', format, table, { metadata });
        expect(result.metadata).toMatchObject(metadata);
      });

      test('a result tells its format, route, duration and bytes', async () => {
        let now = 10;
        const clock = { now: () => (now += 5) };
        const result = await adapter.convert(request('columns', format, table), { clock });
        expect(result).toMatchObject({ format, durationMs: 5 });
        expect(result.route).toEqual([
          { from: 'columns', to: format, adapter: adapter.id, version: adapter.version },
        ]);
        expect(result.bytes).toBeGreaterThan(0);
      });

      test('the same request twice gives the same output, and leaves its source alone', async () => {
        const before = content(table);
        const [first, second] = [await roundTrip(table), await roundTrip(table)];
        expect(content(first.table)).toEqual(content(second.table));
        expect(content(table)).toEqual(before);
      });

      test('the estimated cost grows with the bytes of the source', () => {
        const cost = (sourceBytes: number): number => {
          const { durationMs, bytes } = adapter.estimateCost({
            ...request('columns', format, table),
            hints: { sourceBytes },
          });
          expect(bytes).toBeGreaterThanOrEqual(0);
          return durationMs;
        };
        const costs = [0, 1, 1000, 10 ** 6, 10 ** 9].map(cost);
        expect(costs).toEqual(costs.toSorted((a, b) => a - b));
        expect(new Set(costs.slice(2)).size).toBe(3);
      });

      test('a request is validated before any work', () => {
        expect(adapter.validateRequest(request('columns', format, table))).toEqual({ valid: true });
        const nonsense = adapter.validateRequest({
          ...request('columns', format, table),
          options: { limit: -1 },
        });
        expect(nonsense).toMatchObject({ valid: false });
        const elsewhere = request(format, format, table);
        expect(adapter.canConvert(elsewhere)).toBe(0);
        expect(adapter.validateRequest(elsewhere)).toMatchObject({
          problems: [`adapter '${adapter.id}' does not convert ${format} to ${format}`],
        });
        expect(adapter.estimateCost(elsewhere).durationMs).toBe(Infinity);
      });

      test('a conversion that it does not offer is a typed error', async () => {
        const error = await failure(() => convert(format, format, table));
        expect(error.code).toBe('ERR_PERF_CONVERT_NO_ROUTE');
      });

      test('a source value of another kind is a typed error', async () => {
        for (const value of [42, Symbol('s'), () => 1, new Date()]) {
          expect((await failure(() => convert(format, 'columns', value))).code).toMatch(/^ERR_PERF_CONVERT_/);
          expect((await failure(() => convert('columns', format, value))).code).toBe(
            'ERR_PERF_CONVERT_TYPE_MISMATCH',
          );
        }
      });
    });
  });
}
