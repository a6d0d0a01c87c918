import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Losses } from '../../src/losses.js';
import { ByteSink } from '../../src/table/byte-sink.js';
import { fixedWriter, type TextStyle } from '../../src/table/cell-text.js';
import type { FixedColumn } from '../../src/table/column.js';
import { dayText, momentText, writeDay, writeMoment } from '../../src/table/moment-text.js';
import { columnOf } from '../column-of.js';

const UNITS = ['second', 'millisecond', 'microsecond', 'nanosecond'] as const;
const STYLE: TextStyle = { quote: '', nonFinite: true, wideFloats: true, readsTimes: true };

function written(write: (sink: ByteSink) => unknown): string {
  const sink = new ByteSink(8);
  write(sink);
  return Buffer.from(sink.finish()).toString('latin1');
}

function cell(column: FixedColumn): string {
  return written((sink) => {
    fixedWriter(column, STYLE, new Losses())(sink, 0);
  });
}

function fixed(field: Parameters<typeof columnOf>[0], value: number | bigint): FixedColumn {
  const column = columnOf(field, [value]);
  if (column.layout === 'fixed') return column;
  throw new TypeError('not fixed');
}

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
  fc.constantFrom(0n, -1n, 1n, 999n, -1000n, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
);

it('times are written digit by digit as a Date would write them, where their year has four digits', () => {
  fc.assert(
    fc.property(int64, fc.constantFrom(...UNITS), (ticks, unit) => {
      const low = Number(BigInt.asIntN(32, ticks));
      const high = Number(ticks >> 32n);
      const slow = momentText(ticks, unit);
      const fast = written((sink) => writeMoment(sink, low, high, unit));
      expect(fast).toBe(slow !== undefined && /^\d{4}-/.test(slow) ? slow : '');
    }),
    { numRuns: 5000 },
  );
});

it('so are days', () => {
  const days = fc.oneof(fc.integer(), fc.integer({ min: -800_000, max: 3_000_000 }));
  fc.assert(
    fc.property(days, (day) => {
      const slow = dayText(day);
      expect(written((sink) => writeDay(sink, day))).toBe(
        slow !== undefined && /^\d{4}-/.test(slow) ? slow : '',
      );
    }),
    { numRuns: 5000 },
  );
});

it.each([
  [-719_528, '0000-01-01'],
  [-719_529, '-000001-12-31'],
  [2_932_896, '9999-12-31'],
  [2_932_897, '+010000-01-01'],
  [11_016, '2000-02-29'],
  [-25_509, '1900-02-28'],
  [-25_508, '1900-03-01'],
])('day %i is %s', (day, text) => {
  expect(cell(fixed({ name: 'd', type: 'date' }, day))).toBe(text);
});

it('numbers are written as JavaScript writes them', () => {
  const decimals = fc
    .tuple(fc.integer(), fc.integer({ min: 0, max: 9 }))
    .map(([units, places]) => units / 10 ** places);
  fc.assert(
    fc.property(fc.oneof(fc.double({ noNaN: true }), decimals, fc.float({ noNaN: true })), (value) => {
      const text = Object.is(value, -0) ? '-0' : String(value);
      expect(cell(fixed({ name: 'f', type: 'float64' }, value))).toBe(text);
    }),
    { numRuns: 20_000 },
  );
});

it('whole numbers of 64 bits are written in full', () => {
  fc.assert(
    fc.property(int64, (value) => {
      expect(cell(fixed({ name: 'i', type: 'int64' }, value))).toBe(String(value));
      const unsigned = BigInt.asUintN(64, value);
      expect(cell(fixed({ name: 'u', type: 'uint64' }, unsigned))).toBe(String(unsigned));
    }),
    { numRuns: 2000 },
  );
});
