import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversionOptions } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { timeSeriesAdapter } from '../../src/time-series/adapter.js';
import type { TimeSeries } from '../../src/time-series/time-series.js';
import { content } from '../cells.js';
import { columnOf, tableOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';

const adapter = timeSeriesAdapter();

async function toSeries(
  table: ColumnTable,
  options: ConversionOptions = {},
): Promise<ConversionResult & { data: TimeSeries }> {
  const result = await adapter.convert(request('columns', 'time-series', table, { options }));
  // What the step makes is what its format says.
  return { ...result, data: result.data as TimeSeries };
}

function timed(
  times: readonly (bigint | null)[],
  unit: 'second' | 'millisecond' | 'microsecond' = 'millisecond',
): ColumnTable {
  return new ColumnTable([
    columnOf({ name: 't', type: 'timestamp', unit }, times),
    columnOf(
      { name: 'v', type: 'utf8' },
      times.map((_, i) => `row ${String(i)}`),
    ),
  ]);
}

describe('a table becomes a series', () => {
  test('sorted by its only column of times, rows that are equal in their order', async () => {
    const { data } = await toSeries(timed([3n, 1n, 2n, 1n]));
    expect(data.table.rows().map(({ v }) => v)).toEqual(['row 1', 'row 3', 'row 2', 'row 0']);
    expect([data.time, data.order]).toEqual(['t', 'ascending']);
  });

  test('the other way round on request', async () => {
    const { data } = await toSeries(timed([3n, 1n, 2n, 1n]), { timeOrder: 'descending' });
    expect(data.table.rows().map(({ v }) => v)).toEqual(['row 0', 'row 2', 'row 1', 'row 3']);
  });

  test('without a copy when it is in order', async () => {
    const table = timed([1n, 2n, 2n, 5n]);
    expect((await toSeries(table)).data.table).toBe(table);
  });

  test.each([
    ['milliseconds', timed([0n, 60_000n, 120_000n]), 60_000],
    ['seconds', timed([0n, 60n, 120n], 'second'), 60_000],
    ['microseconds, less than one of them', timed([0n, 500n, 1000n], 'microsecond'), 0.5],
    ['days', tableOf({ d: ['date', [1, 2, 3]] }), 86_400_000],
    ['gaps of two lengths', timed([0n, 1n, 3n]), undefined],
    ['one row', timed([0n]), undefined],
    ['no row', timed([]), undefined],
    ['all the same', timed([1n, 1n, 1n]), undefined],
  ])('tells the frequency of %s', async (_name, table, frequency) => {
    expect((await toSeries(table)).data.frequency).toBe(frequency);
  });

  test('checks a frequency that was asked for', async () => {
    const table = timed([0n, 60_000n, 180_000n]);
    const error = await failure(() => toSeries(table, { frequency: '1m' }));
    expect(error.code).toBe('ERR_PERF_CONVERT_BAD_INPUT');
    expect(error.message).toContain('row 3');
    expect((await toSeries(table.slice(0, 2), { frequency: '1m' })).data.frequency).toBe(60_000);
  });

  test('repeated times are told', async () => {
    expect((await toSeries(timed([1n, 1n, 2n]))).warnings).toMatchObject([
      { code: 'time-repeated', count: 1 },
    ]);
  });

  test('a row without a time is refused by its number', async () => {
    const error = await failure(() => toSeries(timed([1n, null])));
    expect(error.message).toContain('row 2 has no time');
  });

  test('which column is the time must be clear', async () => {
    const two = tableOf({ a: ['date', [1]], b: ['date', [2]] });
    const error = await failure(() => toSeries(two));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
    expect(error.message).toContain("'a', 'b'");
    expect((await toSeries(two, { timeColumn: 'b' })).data.time).toBe('b');
    expect((await failure(() => toSeries(tableOf({ a: ['int8', [1]] })))).message).toContain('there is none');
    expect((await failure(() => toSeries(timed([1n]), { timeColumn: 'v' }))).code).toBe(
      'ERR_PERF_CONVERT_TYPE_MISMATCH',
    );
    expect((await failure(() => toSeries(two, { timeColumn: 'c' }))).code).toBe('ERR_PERF_CONVERT_NO_COLUMN');
  });

  test('the rows are a permutation in order, whatever they are, the ends of 64 bits included', async () => {
    const time = fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n));
    await fc.assert(
      fc.asyncProperty(fc.array(time, { maxLength: 20 }), async (times) => {
        const { data } = await toSeries(timed(times));
        const column = data.table.column('t');
        const got = column.layout === 'fixed' ? [...column.values] : [];
        expect(got).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
  });
});

describe('a series becomes a table', () => {
  test('its own, without a copy, or the wanted part', async () => {
    const { data } = await toSeries(timed([1n, 2n, 3n]));
    const whole = await adapter.convert(request('time-series', 'columns', data));
    expect(whole.data).toBe(data.table);
    const part = request('time-series', 'columns', data, { columns: ['v'], options: { offset: 2 } });
    expect(content(tableIn(await adapter.convert(part)))).toEqual([['v', ['string row 2']]]);
  });

  test('anything else is refused', async () => {
    for (const value of [null, {}, { table: [], time: 't' }, 3]) {
      const run = (): Promise<unknown> => adapter.convert(request('time-series', 'columns', value));
      expect((await failure(run)).code).toBe('ERR_PERF_CONVERT_TYPE_MISMATCH');
    }
  });
});
