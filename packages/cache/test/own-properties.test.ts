import { describe, expect, it, vi } from 'vitest';
import { extraKeys, ownSymbols, presentIndices } from '../src/own-properties.js';

const long = (): number[] => Array.from({ length: 1000 }, (_, i) => i);
const DECEITFUL = '[ ... 1000 more items ]';

describe('extraKeys', () => {
  it.each<[string, ArrayLike<unknown> & object]>([
    ['an array', long()],
    ['an array of holes', new Array(1000)],
    ['an array of objects', Array.from({ length: 1000 }, () => ({}))],
    ['a subclass of Array', class List extends Array<number> {}.from(long())],
    ['a typed array', new Float64Array(1000)],
    ['a Buffer', Buffer.alloc(1000)],
  ])('finds none on %s without building a key for each element', (_, list) => {
    const keys = vi.spyOn(Object, 'keys');
    const extra = extraKeys(list);
    const calls = keys.mock.calls.length;
    keys.mockRestore();
    expect([extra, calls]).toEqual([[], 0]);
  });

  it.each<[string, unknown]>([
    ['a number', 1],
    ['a list', [1, 2]],
    ['a text that looks like the end of a list', DECEITFUL],
    ['an error that looks like it', Object.assign(new Error('x'), { stack: `E\n    at ${DECEITFUL}` })],
    ['a symbol that looks like it', Symbol(DECEITFUL)],
    ['a function', () => 1],
    ['undefined', undefined],
  ])('finds a property that holds %s, on short and on long lists', (_, value) => {
    for (const list of [[1], long(), new Uint8Array(1), new Uint8Array(1000), new Proxy(long(), {})]) {
      expect(extraKeys(Object.assign(list, { unit: value }))).toEqual(['unit']);
      expect(extraKeys(Object.assign(list, { [DECEITFUL]: value }))).toEqual(['unit', DECEITFUL]);
    }
  });

  it('takes for an index only what is one', () => {
    const list = Object.assign([1, 2], { '-1': 0, '01': 0, '1.5': 0, '4294967295': 0 });
    expect(extraKeys(list)).toEqual(['-1', '01', '1.5', '4294967295']);
  });

  it('leaves out what is not enumerable, and calls no getter', () => {
    const list = long();
    Object.defineProperty(list, 'hidden', { value: 1 });
    Object.defineProperty(list, 'computed', {
      enumerable: true,
      get: () => {
        throw new Error('called');
      },
    });
    expect(extraKeys(list)).toEqual(['computed']);
  });
});

it('presentIndices lists the indices that a sparse array has', () => {
  const list: unknown[] = [];
  list[5] = undefined;
  list[2 ** 32 - 2] = 1;
  Object.assign(list, { x: 1 });
  expect(presentIndices(list)).toEqual([5, 2 ** 32 - 2]);
});

it('ownSymbols lists the enumerable ones', () => {
  const [shown, hidden] = [Symbol('shown'), Symbol('hidden')];
  const value = Object.defineProperty({ [shown]: 1 }, hidden, { value: 1 });
  expect(ownSymbols(value)).toEqual([shown]);
});
