import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SAMPLE_ROWS, sampleRows } from '../src/analysis/sample.js';
import { OptimizationSelector, type DataCharacteristics } from '../src/index.js';

const selector = new OptimizationSelector();

it('looks at few rows, all different, in order, within the data, however many there are', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(5000), fc.integer({ min: 0, max: 2 ** 43 })), (length) => {
      const rows = sampleRows(length);
      expect(rows).toHaveLength(Math.min(length, SAMPLE_ROWS));
      expect(rows.every((row, i) => Number.isInteger(row) && row > (rows[i - 1] ?? -1))).toBe(true);
      expect(rows.at(-1) ?? 0).toBeLessThan(Math.max(1, length));
    }),
  );
});

it('gives characteristics that select takes, whatever the rows are', () => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 30 }), (rows) => {
      const found = selector.analyze(rows);
      expect(found.rows).toBe(rows.length);
      expect(found.numericColumns + found.textColumns + found.temporalColumns).toBeLessThanOrEqual(
        found.columns,
      );
      expect(selector.select(found).estimates).toHaveLength(6);
    }),
  );
});

it('finds the same in rows whatever their order, when it looks at all of them', () => {
  const row = fc.record({ a: fc.option(fc.double()), b: fc.string(), c: fc.date() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      // In which order they are, and how far that order compresses, is what differs.
      const facts = ({ sortedness: _, compressibility: __, ...rest }: DataCharacteristics) => rest;
      expect(facts(selector.analyze(rows.toReversed()))).toEqual(facts(selector.analyze(rows)));
    }),
  );
});
