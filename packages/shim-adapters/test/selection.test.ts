import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selected, selectedStream } from '../src/selection.js';
import { type ColumnTable } from '../src/table/column-table.js';
import { concatTables } from '../src/table/concat.js';
import { content } from './cells.js';
import { tableOf } from './column-of.js';

const table = tableOf({
  a: ['int32', [0, 1, 2, 3, 4, 5, 6, 7]],
  b: ['utf8', ['a', 'b', null, 'd', 'e', 'f', 'g', 'h']],
});

/** The rows of a table in pieces of these lengths, the rest in one more; counts what was asked for. */
function pieces(lengths: readonly number[]): {
  stream: AsyncGenerator<ColumnTable>;
  state: { given: number; closed: boolean };
} {
  const state = { given: 0, closed: false };
  const stream = async function* (): AsyncGenerator<ColumnTable> {
    try {
      let at = 0;
      for (const length of [...lengths, table.length]) {
        state.given += 1;
        yield await Promise.resolve(table.slice(at, at + length));
        at += length;
      }
    } finally {
      state.closed = true;
    }
  };
  return { stream: stream(), state };
}

test('what is selected of a stream is what is selected of the whole, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(4), { maxLength: 5 }),
      fc.record({
        columns: fc.constantFrom(undefined, ['b'], ['b', 'a'], []),
        offset: fc.constantFrom(undefined, 0, 1, 3, 8, 100),
        limit: fc.constantFrom(undefined, 0, 1, 4, 100),
      }),
      async (lengths, selection) => {
        const found: ColumnTable[] = [];
        for await (const part of selectedStream(pieces(lengths).stream, selection)) found.push(part);
        const expected = selected(table, selection);
        expect(concatTables(found).length).toBe(expected.length);
        expect(content(concatTables(found))).toEqual(content(expected));
        expect(found[0]?.names).toEqual(expected.names);
        if (expected.length > 0) expect(found.every(({ length }) => length > 0)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('no more is asked for than the rows that are wanted, and the source is closed', async () => {
  const { stream, state } = pieces([2, 2, 2]);
  const found: ColumnTable[] = [];
  for await (const part of selectedStream(stream, { limit: 3 })) found.push(part);
  expect(found.map(({ length }) => length)).toEqual([2, 1]);
  expect(state).toEqual({ given: 2, closed: true });
});
