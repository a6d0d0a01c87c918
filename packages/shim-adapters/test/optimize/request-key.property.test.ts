import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestKey } from '../../src/optimize/request-key.js';
import type { AnyRequest, ConversionOptions, Source } from '../../src/request.js';
import { columnBuffers } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { fullRegistry, request } from '../requests.js';

const registry = fullRegistry();

function keyOf(asked: AnyRequest): string {
  const path = registry.path(asked);
  if (path === null) throw new Error('no route');
  return requestKey(asked, path).cacheKey;
}

// Few values each, so that two draws are often equal.
const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | undefined> => fc.constantFrom(undefined, ...values);
const name = fc.constantFrom('a', 'b', 'a,b', '"');
const options = fc.record({
  offset: maybe([0, 1]),
  limit: maybe([1, 2]),
  delimiter: maybe([',', ';']),
  header: maybe([true, false]),
  nullTokens: maybe([[], [''], ['NA'], ['NA', '']]),
  types: maybe([{}, { a: 'utf8' }, { a: 'utf8', b: 'int32' }, { b: 'int32' }]),
  bigint: maybe([true, false]),
});
const source: fc.Arbitrary<Source> = fc.oneof(
  fc.constantFrom('a\n1\n', 'a\n2\n', '1').map((value) => ({ value })),
  fc.record({ id: fc.constantFrom('x', 'y', 'x|1'), version: maybe(['1', '2']) }).map(declared),
);
const asked = fc.record({
  source,
  from: fc.constantFrom('csv' as const, 'ndjson' as const),
  to: fc.constantFrom('columns' as const, 'json' as const),
  columns: fc.option(fc.uniqueArray(name, { maxLength: 2 }), { nil: undefined }),
  options: fc.option(options, { nil: undefined }),
});

describe('a key', () => {
  it('is equal exactly when everything that changes the output is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(asked, asked), asked.map(twice)), ([a, b]) => {
        const same = isDeepStrictEqual(meaning(a), meaning(b));
        expect(keyOf(given(a)) === keyOf(given(b))).toBe(same);
      }),
    );
  });

  it('does not see metadata, hints, or the order in which options were written', () => {
    const metadata = fc.dictionary(fc.string(), fc.anything());
    const hints = fc.record({ reuseProbability: fc.double({ min: 0, max: 1 }), rows: fc.nat() });
    fc.assert(
      fc.property(asked, metadata, hints, (drawn, data, hint) => {
        const plain = given(drawn);
        const backwards = Object.fromEntries(Object.entries(plain.options ?? {}).reverse());
        const dressed: AnyRequest = { ...plain, metadata: data, hints: hint };
        expect(keyOf(dressed)).toBe(keyOf(plain));
        if (plain.options !== undefined) expect(keyOf({ ...plain, options: backwards })).toBe(keyOf(plain));
      }),
    );
  });

  it('of a table is that of its copy, and no other after any bit of it changed', () => {
    fc.assert(
      fc.property(arbitraryTable({ minColumns: 1 }), fc.nat(), fc.nat({ max: 7 }), (table, place, bit) => {
        const copy = new ColumnTable(structuredClone(table.columns), table.length);
        const key = keyOf(request('columns', 'csv', table));
        expect(keyOf(request('columns', 'csv', copy))).toBe(key);
        const buffers = copy.columns.flatMap(columnBuffers).filter(({ byteLength }) => byteLength > 0);
        const chosen = buffers[place % Math.max(1, buffers.length)];
        if (chosen === undefined) return;
        const bytes = new Uint8Array(chosen.buffer, chosen.byteOffset, chosen.byteLength);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(keyOf(request('columns', 'csv', copy))).not.toBe(key);
      }),
    );
  });
});

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function declared({ id, version }: { id: string; version: string | undefined }): Source {
  return { value: '', id, ...(version === undefined ? {} : { version }) };
}

function given({ columns, options: drawn, ...rest }: Asked): AnyRequest {
  return {
    ...rest,
    ...(columns === undefined ? {} : { columns }),
    // Options with undefined in them are what JavaScript callers pass.
    ...(drawn === undefined ? {} : { options: drawn as ConversionOptions }),
  };
}

function twice(drawn: Asked): [Asked, Asked] {
  return [drawn, drawn];
}

/** All that a conversion depends on, with nothing undefined in it. */
function meaning({ options: drawn, ...rest }: Asked): unknown {
  const set = Object.entries(drawn ?? {}).filter(([, value]) => value !== undefined);
  return { ...rest, options: Object.fromEntries(set) };
}
