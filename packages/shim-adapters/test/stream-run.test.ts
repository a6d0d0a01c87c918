import { describe, expect, test } from 'vitest';
import { defineAdapter } from '../src/define-adapter.js';
import { AdapterRegistry } from '../src/registry.js';
import type { AnyRequest } from '../src/request.js';
import type { Batch } from '../src/adapter.js';
import { ColumnTable } from '../src/table/column-table.js';
import { tableOf } from './column-of.js';
import { failure, fullRegistry, request, textIn } from './requests.js';

const registry = fullRegistry();

async function batches(one: AnyRequest, batchRows = 2, from: AdapterRegistry = registry): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of from.stream(one, { batchRows })) found.push(batch);
  return found;
}

const codes = (found: readonly Batch[]): string[][] =>
  found.map(({ warnings }) => warnings.map(({ code }) => code));
const table = tableOf({ a: ['int32', [1, 2, 3, 4, 5]] });

describe('a route as a stream', () => {
  test('reads and writes piece by piece where both sides can', async () => {
    const found = await batches(request('csv', 'ndjson', 'a\n1\n2\n3\n'));
    expect(found.map((batch) => [textIn(batch), batch.rows, batch.offset])).toEqual([
      ['{"a":1}\n{"a":2}\n', 2, 0],
      ['{"a":3}\n', 1, 2],
    ]);
    expect(codes(found)).toEqual([[], []]);
  });

  test('holds a source that nothing reads piece by piece, and says so once', async () => {
    const found = await batches(request('json', 'ndjson', '[{"a":1},{"a":2},{"a":3}]'));
    expect(found.map(({ rows }) => rows)).toEqual([2, 1]);
    expect(codes(found)).toEqual([['not-streamed'], []]);
  });

  test('holds a target that nothing writes piece by piece, and says so', async () => {
    const found = await batches(request('csv', 'msgpack', 'a\n1\n2\n3\n'));
    expect(found.map(({ rows }) => rows)).toEqual([3]);
    expect(codes(found)).toEqual([['not-streamed']]);
  });

  test('from columns cuts the table, without a warning', async () => {
    const found = await batches(request('columns', 'csv', table));
    expect(found.map(textIn)).toEqual(['a\n1\n2\n', '3\n4\n', '5\n']);
    expect(codes(found)).toEqual([[], [], []]);
  });

  test('to columns gives tables, the selected part of them', async () => {
    const one = request('columns', 'columns', table, { options: { offset: 1, limit: 3 } });
    const found = await batches(one);
    expect(found.map(({ data }) => data instanceof ColumnTable && data.length)).toEqual([2, 1]);
  });

  test('the warnings of both sides come with the piece they belong to', async () => {
    const found = await batches(request('csv', 'ndjson', 'd\n2024-01-01\n2024-01-02\n2024-01-03\n'));
    expect(codes(found)).toEqual([['time-as-text'], ['time-as-text']]);
    expect(found.map(({ warnings }) => warnings[0]?.count)).toEqual([2, 1]);
  });

  test('no route is an error, with the first batch', async () => {
    const error = await failure(() => batches(request('csv', 'xml' as 'csv', 'a\n')));
    expect(error.code).toBe('ERR_PERF_CONVERT_NO_ROUTE');
  });
});

/** A registry that reads csv as whatever tables these are. */
function reading(stream: () => AsyncGenerator<ColumnTable>): AdapterRegistry {
  const step = {
    from: 'csv',
    to: 'columns',
    mbPerSecond: 1000,
    growth: 1,
    convert: () => table,
    stream,
  } as const;
  return new AdapterRegistry().register(defineAdapter({ id: 'given', version: '1', steps: [step] }));
}

describe('nothing runs ahead of its reader', () => {
  test('the next table is read when the next piece is asked for', async () => {
    let read = 0;
    const own = reading(async function* () {
      for (let i = 0; i < 100; i++) {
        read += 1;
        yield await Promise.resolve(table);
      }
    });
    for await (const batch of own.stream(request('csv', 'columns', ''))) {
      if (batch.offset === 10) break;
    }
    expect(read).toBe(3);
  });

  test('an error in the middle comes when its piece is asked for, typed', async () => {
    const own = reading(async function* () {
      yield await Promise.resolve(table);
      throw new Error('the second table is broken');
    });
    const seen: number[] = [];
    const error = await failure(async () => {
      for await (const batch of own.stream(request('csv', 'columns', ''))) seen.push(batch.rows);
    });
    expect(seen).toEqual([5]);
    expect([error.code, error.message]).toEqual([
      'ERR_PERF_CONVERT_FAILED',
      'csv to columns failed: the second table is broken',
    ]);
  });
});
