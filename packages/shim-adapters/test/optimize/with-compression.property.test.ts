import { Compressor } from '@perf/compression';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withCompression } from '../../src/optimize/with-compression.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';

const compressor = new Compressor();
const codec = withCompression(compressor);

function result(data: unknown, metadata: ConversionResult['metadata'] = {}): ConversionResult {
  return { data, format: 'columns', metadata, warnings: [], quality: 1, route: [], durationMs: 0, bytes: 0 };
}

/** Everything of a table that must survive, bit for bit. */
function bits(data: unknown): unknown {
  return data instanceof ColumnTable ? [data.length, data.columns, [...data.metadata]] : data;
}

const table = arbitraryTable();
const slice = fc
  .tuple(table, fc.nat({ max: 12 }), fc.nat({ max: 12 }))
  .map(([whole, start, end]) => whole.slice(Math.min(start, end), Math.max(start, end)));
const data = fc.oneof(table, slice, fc.uint8Array({ maxLength: 3000 }));

describe('encode and decode', () => {
  it('are each other undone, for every layout and for bytes', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (drawn) => {
        const given = result(drawn);
        const parts = await codec.encode(given);
        if (parts === undefined) throw new Error('declined');
        const later = await codec.decode(parts);
        const now = codec.decodeSync(parts);
        expect(bits(later.data)).toEqual(bits(drawn));
        expect(bits(now.data)).toEqual(bits(later.data));
        expect({ ...now, data: null }).toEqual({ ...given, data: null });
      }),
    );
  });

  it('keep metadata exactly or decline it', async () => {
    const metadata = fc.dictionary(
      fc.string({ unit: 'binary' }),
      fc.anything({ withBigInt: true, withDate: true }),
    );
    await fc.assert(
      fc.asyncProperty(metadata, async (drawn) => {
        const given = result(new Uint8Array([1]), { ...drawn });
        const parts = await codec.encode(given);
        if (parts === undefined) return;
        expect((await codec.decode(parts)).metadata).toStrictEqual(given.metadata);
      }),
    );
  });

  it('notice any flipped bit', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.nat(), fc.nat(), fc.nat({ max: 7 }), async (drawn, which, place, bit) => {
        const parts = await codec.encode(result(drawn));
        const part = parts?.[which % parts.length];
        if (parts === undefined || part === undefined) throw new Error('declined');
        const at = place % part.length;
        part[at] = (part[at] ?? 0) ^ (1 << bit);
        const coded = { code: expect.stringMatching(/^ERR_PERF_(COMPRESSION|CONVERT)_/) as unknown };
        await expect(codec.decode(parts)).rejects.toMatchObject(coded);
        expect(() => codec.decodeSync(parts)).toThrow(expect.objectContaining(coded));
      }),
    );
  });
});
