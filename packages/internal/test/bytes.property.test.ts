import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, parseBytes } from '../src/bytes.js';

const refuse = (message: string): Error => new RangeError(message);

describe('parseBytes', () => {
  it.each([
    [0, 0],
    ['0B', 0],
    ['10 B', 10],
    ['64kb', 65_536],
    ['1.5 GB', 1_610_612_736],
    ['500MB', 524_288_000],
    [2 ** 53 - 1, 2 ** 53 - 1],
  ])('reads %s as %s bytes', (given, bytes) => {
    expect(parseBytes(given, 'maxBytes', refuse)).toBe(bytes);
  });

  it.each(['', 'MB', '10', '10XB', '-1MB', '1e3B', '1,5MB', -1, 0.5, Number.NaN, 2 ** 53, Infinity])(
    'refuses %s and names the field',
    (given) => {
      expect(() => parseBytes(given, 'maxBytes', refuse)).toThrow(/^maxBytes must be/);
    },
  );

  it('takes Infinity only where no limit is a choice', () => {
    expect(parseBytes(Infinity, 'maxBytes', refuse, true)).toBe(Infinity);
  });

  it('agrees with the unit whatever the case and the spacing', () => {
    const unit = fc.constantFrom<[string, number]>(
      ['B', 1],
      ['KB', 2 ** 10],
      ['MB', 2 ** 20],
      ['GB', 2 ** 30],
    );
    fc.assert(
      fc.property(
        fc.nat(100_000),
        unit,
        fc.boolean(),
        fc.constantFrom('', ' '),
        (n, [name, scale], low, gap) => {
          const text = `${String(n)}${gap}${low ? name.toLowerCase() : name}`;
          expect(parseBytes(text, 'x', refuse)).toBe(n * scale);
        },
      ),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.50 KB'],
    [524_288_000, '500 MB'],
    [-2048, '-2.00 KB'],
    [Infinity, 'Infinity'],
  ])('writes %s as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('keeps three significant digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 50 }), (bytes) => {
        const back = parseBytes(formatBytes(bytes), 'x', refuse);
        expect(Math.abs(back - bytes) / bytes).toBeLessThan(0.006);
      }),
    );
  });
});
