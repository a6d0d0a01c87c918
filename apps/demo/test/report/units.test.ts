import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, duration, percent, quantile, times } from '../../src/report/units.js';

describe('figures as people read them', () => {
  it.each([
    [0, '0 %'],
    [0.004, '0.4 %'],
    [0.0999, '10.0 %'],
    [0.1, '10 %'],
    [0.555, '56 %'],
    [1, '100 %'],
  ])('the share %d is %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it.each([
    [0.5, '0.50x'],
    [1, '1.00x'],
    [9.994, '9.99x'],
    [12.34, '12.3x'],
    [1234.5, '1235x'],
  ])('the ratio %d is %s', (ratio, text) => {
    expect(times(ratio)).toBe(text);
  });

  it('sizes and times have units', () => {
    expect([bytes(1536), duration(0.5), duration(1234)]).toEqual(['1.50 KB', '500 us', '1.23 s']);
  });
});

describe('a quantile', () => {
  it('is one of the values, and at most so many lie below', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const found = quantile(values, share);
          expect(values).toContain(found);
          expect(values.filter((value) => value < found).length).toBeLessThanOrEqual(values.length * share);
        },
      ),
    );
  });

  it.each([
    [[], 0.5, 0],
    [[7], 0.99, 7],
    [[3, 1, 2], 0.5, 2],
    [[3, 1, 2], 0, 1],
    [[3, 1, 2], 1, 3],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  it('leaves the list in its order', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});
