import { describe, expect, test } from 'vitest';
import type { ConvertOptions } from '../../src/adapter.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { content } from '../cells.js';
import { tableOf } from '../column-of.js';
import { EXACT_AND_NESTED } from '../nested-columns.js';
import { failure, request, tableIn } from '../requests.js';
import type { FormatCase } from './adapter.js';

/** What every adapter does with types beyond the plain ones, and with the bounds of its caller. */
export function describeBounds({ format, adapter: make, losses = {} }: FormatCase): void {
  const adapter = make();
  const table = tableOf({ a: ['int32', [1, 2, 3]], t: ['utf8', ['x', null, 'z']] });
  const encoded = async (given: ColumnTable): Promise<unknown> =>
    (await adapter.convert(request('columns', format, given))).data;

  describe(`adapter of ${format}`, () => {
    describe('exact and nested values', () => {
      test.each(EXACT_AND_NESTED.map((column) => [column.field.type, column] as const))(
        '%s',
        async (type, column) => {
          const given = new ColumnTable([column]);
          const there = await adapter.convert(request('columns', format, given));
          const back = await adapter.convert(request(format, 'columns', there.data));
          const lossy = [...there.warnings, ...back.warnings].filter((warning) => warning.lossy);
          const loss = losses[type];
          expect(lossy.map(({ code }) => code)).toEqual(loss === undefined ? [] : [loss]);
          if (loss === undefined) expect(content(tableIn(back))).toEqual(content(given));
          expect(there.quality * back.quality < 1).toBe(loss !== undefined);
        },
      );
    });

    describe('bounds', () => {
      const both = async (): Promise<Parameters<typeof adapter.convert>[0][]> => [
        request('columns', format, table),
        request(format, 'columns', await encoded(table)),
      ];

      test.each<[string, ConvertOptions, string]>([
        ['a byte of memory', { maxBytes: 1 }, 'MEMORY_EXCEEDED'],
        [
          'no time',
          {
            timeout: 0,
            clock: {
              now: (
                (t) => () =>
                  (t += 1000)
              )(0),
            },
          },
          'TIMEOUT',
        ],
        ['a timeout that is none', { timeout: '5 moons' }, 'INVALID_OPTION'],
        ['less than no memory', { maxBytes: -1 }, 'INVALID_OPTION'],
      ])('%s', async (_name, options, code) => {
        for (const one of await both()) {
          expect((await failure(() => adapter.convert(one, options))).code).toBe(`ERR_PERF_CONVERT_${code}`);
        }
      });

      test('an option that nobody knows is refused by name', async () => {
        const options = { delimeter: ';' } as object;
        for (const one of await both()) {
          const error = await failure(() => adapter.convert({ ...one, options }));
          expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
          expect(error.message).toContain("'delimeter'");
        }
      });

      test('limits that are none are refused', async () => {
        const value = await encoded(table);
        for (const limits of [{ rows: -1 }, { depth: 3 } as object, { nesting: 1.5 }]) {
          const error = await failure(() =>
            adapter.convert(request(format, 'columns', value, { options: { limits } })),
          );
          expect(error.code).toMatch(/INVALID_OPTION|INVALID_REQUEST/);
        }
      });
    });
  });
}
