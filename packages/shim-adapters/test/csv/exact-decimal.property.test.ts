import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDecimal, readWideInteger } from '../../src/csv/cell.js';

/** The value of a cell, or undefined where it is no decimal. */
function decimal(text: string): number | undefined {
  const values = new Float64Array(1);
  const bytes = Buffer.from(text, 'utf8');
  return readDecimal(bytes, 0, bytes.length, values, 0) ? values[0] : undefined;
}

/** The digits of a decimal from the first that is not 0 on. */
function significant(written: string): string {
  return written.replace(/e.*/, '').replace(/\D/g, '').replace(/^0+/, '');
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test('a number in its shortest form is read as that number', () => {
  const written = fc.oneof(
    finite,
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: -(2 ** 53), max: 2 ** 53 }).map((units) => units / 1e7),
  );
  // Ten to the seventeenth has eighteen digits when it is written out, one more than a number can promise.
  const short = written.filter((value) => significant(String(value)).length <= 17);
  fc.assert(
    fc.property(short, (value) => {
      expect(decimal(Object.is(value, -0) ? '-0' : String(value))).toBe(value);
    }),
    { numRuns: 20_000 },
  );
});

test('any 16 or 17 digits are read as Number reads them, or left as text', () => {
  const text = fc
    .tuple(
      fc.bigInt({ min: 10n ** 15n, max: 10n ** 17n - 1n }).map(String),
      fc.integer({ min: 0, max: 20 }),
      fc.constantFrom('', '-'),
    )
    .map(([digits, fraction, sign]) => {
      if (fraction === 0) return sign + digits;
      const padded = digits.padStart(fraction + 1, '0');
      return `${sign}${padded.slice(0, -fraction)}.${padded.slice(-fraction)}`;
    });
  fc.assert(
    fc.property(text, (given) => {
      const value = decimal(given);
      const size = Math.abs(Number(given));
      const count = significant(given).length;
      const survives = [size.toExponential(count - 1), String(size)].some(
        (written) => significant(written).replace(/0+$/, '') === significant(given).replace(/0+$/, ''),
      );
      expect(value).toBe(survives ? Number(given) : undefined);
    }),
    { numRuns: 50_000 },
  );
});

test('64-bit integers are read exactly, and nothing beyond them', () => {
  const integer = fc.oneof(
    fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }),
    fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }),
    fc.constantFrom(
      2n ** 63n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      -(2n ** 63n) - 1n,
      2n ** 64n - 1n,
      2n ** 64n,
      0n,
    ),
  );
  fc.assert(
    fc.property(integer, fc.boolean(), (value, signed) => {
      const bytes = Buffer.from(String(value), 'utf8');
      const values = signed ? new BigInt64Array(1) : new BigUint64Array(1);
      const fits = readWideInteger(bytes, 0, bytes.length, signed, new Int32Array(values.buffer), 0);
      const wrapped = signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
      expect(fits).toBe(wrapped === value);
      if (fits) expect(values[0]).toBe(value);
    }),
    { numRuns: 5000 },
  );
});
