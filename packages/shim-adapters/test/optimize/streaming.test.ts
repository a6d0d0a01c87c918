import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { optimize } from '../../src/optimize/optimized-converter.js';
import type { AnyRequest } from '../../src/request.js';
import { concatTables } from '../../src/table/concat.js';
import { content } from '../cells.js';
import { failure, fullRegistry, tableIn } from '../requests.js';
import { gate, turn } from './gate.js';

const LINES = Array.from({ length: 10 }, (_, i) => `${String(i)},x${String(i)}`).join('\n');
const asked: AnyRequest = { source: { value: `a,b\n${LINES}\n` }, from: 'csv', to: 'columns' };

/** What is published while `run` runs. */
async function published(run: () => Promise<unknown>): Promise<unknown[]> {
  const events: unknown[] = [];
  const listen = (event: unknown): void => void events.push(event);
  subscribe('perf:convert', listen);
  try {
    await run().catch(() => undefined);
  } finally {
    unsubscribe('perf:convert', listen);
  }
  return events;
}

describe('a stream of a converter', () => {
  it('is what the registry streams', async () => {
    const converter = optimize(fullRegistry());
    const tables = [];
    for await (const batch of converter.stream(asked, { batchRows: 4 })) tables.push(tableIn(batch));
    expect(tables.map(({ length }) => length)).toEqual([4, 4, 2]);
    const whole = tableIn(await fullRegistry().convert(asked));
    expect(content(concatTables(tables))).toEqual(content(whole));
    expect(converter.stats()).toMatchObject({ streams: 1, conversions: 0 });
  });

  it('is told of when it ends, with what came of it, even if it is left early', async () => {
    const converter = optimize(fullRegistry());
    const events = await published(async () => {
      for await (const batch of converter.stream(asked, { batchRows: 4 })) if (batch.offset >= 4) break;
    });
    expect(events).toMatchObject([
      { route: 'csv>columns', from: 'csv', to: 'columns', rows: 8, strategy: 'streaming', cacheHit: false },
    ]);
  });

  it('ends with the signal of its caller', async () => {
    const converter = optimize(fullRegistry());
    const controller = new AbortController();
    const error = await failure(async () => {
      for await (const batch of converter.stream(asked, { batchRows: 1, signal: controller.signal })) {
        if (batch.offset === 2) controller.abort(new Error('enough'));
      }
    });
    expect([error.code, error.cause]).toEqual(['ERR_PERF_CONVERT_ABORTED', new Error('enough')]);
  });

  it('ends when the converter is closed, also while it waits for its source', async () => {
    const converter = optimize(fullRegistry());
    const stalled = gate<IteratorResult<Uint8Array, undefined>>();
    let closed = false;
    const stream: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => stalled.promise,
        return: () => {
          closed = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const running = failure(async () => {
      for await (const batch of converter.stream({ ...asked, source: { stream } }))
        expect(batch).toBe('none');
    });
    await turn();
    await converter.close();
    expect((await running).code).toBe('ERR_PERF_CONVERT_CLOSED');
    expect(closed).toBe(true);
  });

  it('is refused after the converter was closed, and where no route leads', async () => {
    const converter = optimize(fullRegistry());
    const first = (request: AnyRequest) => async (): Promise<void> => {
      for await (const batch of converter.stream(request)) expect(batch.rows).toBeGreaterThan(0);
    };
    expect((await failure(first({ ...asked, from: 'xml' as 'csv' }))).code).toBe('ERR_PERF_CONVERT_NO_ROUTE');
    await converter.close();
    expect((await failure(first(asked))).code).toBe('ERR_PERF_CONVERT_CLOSED');
  });
});
