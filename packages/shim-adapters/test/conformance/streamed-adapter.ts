import { describe, expect, test } from 'vitest';
import type { StreamOptions } from '../../src/adapter.js';
import type { AnyRequest } from '../../src/request.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { concatTables } from '../../src/table/concat.js';
import { content } from '../cells.js';
import { columnOf } from '../column-of.js';
import { failure, request, tableIn } from '../requests.js';
import type { FormatCase } from './adapter.js';

const ROWS = 9;
const index = Array.from({ length: ROWS }, (_, i) => i);
const whole = new ColumnTable([
  columnOf(
    { name: 'a', type: 'int32' },
    index.map((i) => i * 3),
  ),
  columnOf(
    { name: 't', type: 'utf8' },
    index.map((i) => (i % 4 === 1 ? null : `text ${String(i)}`)),
  ),
  columnOf(
    { name: 'f', type: 'float64' },
    index.map((i) => i + 0.5),
  ),
]);

async function* tablesOf(...tables: readonly ColumnTable[]): AsyncGenerator<ColumnTable> {
  for (const table of tables) yield await Promise.resolve(table);
}

/** Bytes in pieces, and whether whoever reads them let go. */
function source(
  bytes: Uint8Array,
  size: number,
): { stream: AsyncIterable<Uint8Array>; state: { open: boolean; asked: number } } {
  const state = { open: true, asked: 0 };
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < bytes.length; at += size) {
        state.asked += 1;
        yield await Promise.resolve(bytes.subarray(at, at + size));
      }
    } finally {
      state.open = false;
    }
  };
  return { stream: stream(), state };
}

/** What every adapter does that reads its format table by table. */
export function describeReading({ format, adapter: make }: Pick<FormatCase, 'format' | 'adapter'>): void {
  const adapter = make();
  const encoded = async (): Promise<Uint8Array> => {
    const { data } = await adapter.convert(request('columns', format, whole));
    if (data instanceof Uint8Array) return data;
    throw new TypeError('no bytes');
  };
  const reading = async (rest: Partial<AnyRequest> = {}): Promise<AnyRequest> => ({
    ...request(format, 'columns', await encoded()),
    ...rest,
  });
  const read = async (one: AnyRequest, options: StreamOptions = {}): Promise<ColumnTable[]> => {
    const found: ColumnTable[] = [];
    for await (const batch of adapter.convertStream?.(one, options) ?? []) {
      expect(batch.rows).toBe(batch.data.length);
      expect(batch.offset).toBe(found.reduce((sum, { length }) => sum + length, 0));
      found.push(batch.data);
    }
    return found;
  };

  describe(`streams of ${format}`, () => {
    test('are announced', async () => {
      expect(adapter.streams?.(await reading()).reads).toBe(true);
    });

    test.each([1, 2, 4, ROWS, 1000])('batches of %i rows together are the whole', async (batchRows) => {
      const tables = await read(await reading(), { batchRows });
      for (const { length } of tables) expect(length).toBeLessThanOrEqual(batchRows);
      for (const { fields } of tables) expect(fields).toEqual(tables[0]?.fields);
      expect(content(concatTables(tables))).toEqual(content(whole));
    });

    test.each<[object, ColumnTable]>([
      [{ columns: ['f', 'a'] }, whole.select(['f', 'a'])],
      [{ options: { offset: 2, limit: 3 } }, whole.slice(2, 5)],
      [{ columns: ['t'], options: { offset: 8 } }, whole.select(['t']).slice(8)],
    ])('only %j', async (rest, expected) => {
      const tables = await read(await reading(rest), { batchRows: 2 });
      expect(content(concatTables(tables))).toEqual(content(expected));
    });

    test.each([{ limit: 0 }, { offset: ROWS }, { offset: 10 ** 6 }])('no rows: %j', async (options) => {
      const tables = await read(await reading({ options }));
      expect(tables.map(({ length }) => length)).toEqual([0]);
      expect(tables[0]?.names).toEqual(['a', 't', 'f']);
    });

    test.each([1, 7, 10_000])('come in pieces of %i bytes', async (size) => {
      const { stream, state } = source(await encoded(), size);
      const tables = await read(await reading({ source: { stream } }), { batchRows: 4 });
      expect(content(concatTables(tables))).toEqual(content(whole));
      expect(state.open).toBe(false);
    });

    test('whoever leaves early closes the source', async () => {
      const { stream, state } = source(await encoded(), 16);
      for await (const batch of adapter.convertStream?.(await reading({ source: { stream } }), {
        batchRows: 1,
      }) ?? []) {
        expect(batch.rows).toBe(1);
        break;
      }
      expect(state.open).toBe(false);
    });

    test('an abort between batches ends it and closes the source', async () => {
      const { stream, state } = source(await encoded(), 16);
      const controller = new AbortController();
      const one = await reading({ source: { stream } });
      const error = await failure(async () => {
        for await (const batch of adapter.convertStream?.(one, { batchRows: 1, signal: controller.signal }) ??
          []) {
          if (batch.offset === 1) controller.abort(new Error('enough'));
        }
      });
      expect([error.code, error.cause]).toEqual(['ERR_PERF_CONVERT_ABORTED', new Error('enough')]);
      expect(state.open).toBe(false);
    });

    test('an error of the source is typed and keeps its cause', async () => {
      const broken = new Error('the line is dead');
      const bytes = await encoded();
      const stream = async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(bytes.subarray(0, bytes.length >> 1));
        throw broken;
      };
      const one = await reading({ source: { stream: stream() } });
      expect((await failure(() => read(one))).cause).toBe(broken);
    });

    test('progress goes up to its total', async () => {
      const seen: number[] = [];
      const totals = new Set<number>();
      await read(await reading(), {
        batchRows: 2,
        onProgress: ({ done, total, unit }) => {
          expect(unit).toBe('bytes');
          seen.push(done);
          totals.add(total);
        },
      });
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect([...totals]).toEqual([seen.at(-1)]);
    });

    test('no rows in a batch are refused', async () => {
      for (const batchRows of [0, -1, 1.5, NaN]) {
        const error = await failure(async () => read(await reading(), { batchRows }));
        expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
      }
    });
  });
}

/** What every adapter does that writes its format table by table. */
export function describeWriting({ format, adapter: make }: Pick<FormatCase, 'format' | 'adapter'>): void {
  const adapter = make();
  const target = request('columns', format, new ColumnTable([]));

  describe(`pieces of ${format}`, () => {
    test('are announced', () => {
      expect(adapter.streams?.(target).writes).toBe(true);
    });

    test.each([0, 1, 4, ROWS])('cut after %i rows, together are the whole', async (cut) => {
      const pieces: Uint8Array[] = [];
      let rows = 0;
      const tables = tablesOf(whole.slice(0, cut), whole.slice(cut));
      for await (const piece of adapter.encodeStream?.(tables, target) ?? []) {
        expect(piece.offset).toBe(rows);
        rows += piece.rows;
        if (piece.data instanceof Uint8Array) pieces.push(piece.data);
      }
      expect(rows).toBe(ROWS);
      const back = await adapter.convert(request(format, 'columns', Buffer.concat(pieces)));
      expect(content(tableIn(back))).toEqual(content(whole));
    });

    test('are made when they are asked for', async () => {
      let made = 0;
      const tables = async function* (): AsyncGenerator<ColumnTable> {
        for (let at = 0; at < ROWS; at++) {
          made += 1;
          yield await Promise.resolve(whole.slice(at, at + 1));
        }
      };
      for await (const piece of adapter.encodeStream?.(tables(), target) ?? []) {
        if (piece.rows > 0) break;
      }
      expect(made).toBeLessThanOrEqual(2);
    });
  });
}
