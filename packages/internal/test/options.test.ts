import { describe, expect, it } from 'vitest';
import { parseChoice, parseCount, refuseUnknown } from '../src/options.js';
import { shown } from '../src/errors.js';

const refuse = (message: string): Error => new RangeError(message);

describe('option readers', () => {
  it('names a misspelt option and the known ones', () => {
    expect(() => {
      refuseUnknown({ maxEntires: 1 }, ['maxEntries', 'ttl'], refuse);
    }).toThrow("unknown option 'maxEntires'; known options are maxEntries, ttl");
  });

  it.each([0, -1, 1.5, Number.NaN, '3', null, undefined, 3n])('refuses %s as a count', (given) => {
    expect(() => parseCount(given, 'maxEntries', refuse)).toThrow(/^maxEntries must be a whole number/);
  });

  it('takes counts within the range', () => {
    expect(parseCount(1, 'n', refuse)).toBe(1);
    expect(parseCount(Infinity, 'n', refuse)).toBe(Infinity);
    expect(() => parseCount(Infinity, 'n', refuse, { max: 9 })).toThrow('from 1 to 9');
  });

  it('takes only the words that exist', () => {
    expect(parseChoice('lru', 'policy', ['lru', 'fifo'], refuse)).toBe('lru');
    expect(() => parseChoice('LRU', 'policy', ['lru', 'fifo'], refuse)).toThrow(
      "policy must be one of 'lru', 'fifo'; given 'LRU'",
    );
  });
});

describe('shown', () => {
  it.each([
    [-0, '-0'],
    [10n, '10n'],
    [null, 'null'],
    [Symbol('x'), 'Symbol(x)'],
    [[], 'an array'],
    [Object.create(null), 'an object'],
    ['x'.repeat(100), `'${'x'.repeat(56)}...`],
  ])('renders a value without throwing', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});
