import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Losses } from '../../src/losses.js';
import { buildColumn } from '../../src/table/column-builder.js';
import { classify } from '../../src/table/value-class.js';
import { cell, cells } from '../cells.js';

function build(values: readonly unknown[]): ReturnType<typeof buildColumn> {
  return buildColumn('c', values, new Losses());
}

describe('the class of values is the narrowest that holds them all exactly', () => {
  test.each<[string, unknown[]]>([
    ['null', []],
    ['null', [null, undefined]],
    ['bool', [true, null, false]],
    ['int32', [0, -(2 ** 31), 2 ** 31 - 1, null]],
    ['float64', [2 ** 31]],
    ['float64', [-0]],
    ['float64', [1, 0.5]],
    ['float64', [NaN, Infinity]],
    ['float64', [2 ** 60]],
    ['int64', [1n, -1n]],
    ['int64', [2n ** 63n - 1n, -(2n ** 63n)]],
    ['int64', [1, 2n, 2 ** 40, -5]],
    ['uint64', [2n ** 63n, 1n]],
    ['uint64', [2n ** 64n - 1n, 1, 2 ** 40]],
    ['json', [2n ** 63n, -1n]],
    ['json', [2n ** 63n, -1]],
    ['json', [2n ** 64n]],
    ['json', [-(2n ** 63n) - 1n]],
    ['json', [1n, 0.5]],
    ['json', [-0, 1n]],
    ['date', [new Date(0), null]],
    ['json', [new Date(0), 'x']],
    ['utf8', ['x', '', null]],
    ['json', ['x', 1]],
    ['json', [true, 1]],
    ['json', [{}]],
    ['json', [[1]]],
    ['json', [Symbol('s')]],
  ])('%s', (expected, values) => {
    expect(classify(values)).toBe(expected);
  });
});

describe('a built column', () => {
  test('holds what it was built from, whatever that was', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc.date({ noInvalidDate: true }),
      fc.constantFrom(null, undefined),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const one: fc.Arbitrary<unknown[]> = fc.oneof(
      fc.array(fc.integer()),
      fc.array(fc.double()),
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(value, { maxLength: 12 }), one), (values) => {
        const losses = new Losses();
        const column = buildColumn('c', values, losses);
        const lost = losses.warnings.some(({ lossy }) => lossy);
        if (!lost) expect(cells(column)).toEqual(values.map(cell));
        expect(losses.quality < 1).toBe(lost);
      }),
      { numRuns: 2000 },
    );
  });

  test('has no bitmap without a null', () => {
    expect(build([1, 2]).validity).toBeUndefined();
    expect(build([1, null]).validity).toEqual(Uint8Array.of(1));
    expect(build([null, 1])).toMatchObject({ nullCount: 1 });
  });
});

describe('text becomes a dictionary where it repeats', () => {
  test.each<[string, unknown[]]>([
    ['dictionary', ['a', 'a']],
    ['dictionary', ['a', 'b', 'a', 'b']],
    ['dictionary', ['a', null]],
    ['text', ['a']],
    ['text', ['a', 'b', 'c', 'a']],
    ['dictionary', Array.from({ length: 5000 }, (_, i) => `value ${String(i % 2000)}`)],
    ['text', Array.from({ length: 5000 }, (_, i) => `value ${String(i)}`)],
    ['dictionary', Array.from({ length: 131_072 }, (_, i) => `v${String(i % 65_536)}`)],
    ['text', Array.from({ length: 131_074 }, (_, i) => `v${String(i % 65_537)}`)],
  ])('%s', (layout, values) => {
    const column = build(values);
    const found = column.layout;
    // A column that begins with too many different values is not tried to its end.
    expect(values.length > 1024 && layout === 'dictionary' ? ['dictionary', 'text'] : [layout]).toContain(
      found,
    );
    expect(cells(column)).toEqual(values.map(cell));
  });

  test('text is UTF-8 between offsets', () => {
    const column = build(['é', null, '', '😀']);
    expect(column).toMatchObject({ layout: 'text', offsets: Int32Array.of(0, 2, 2, 2, 6) });
    if (column.layout === 'text') expect(Buffer.from(column.bytes).toString()).toBe('é😀');
  });

  test('memory that was only reserved is given back', () => {
    const column = build(Array.from({ length: 1000 }, (_, i) => String(i)));
    if (column.layout !== 'text') throw new Error('no text');
    expect(column.bytes.buffer.byteLength).toBeLessThanOrEqual(column.bytes.length * 1.25);
  });
});
