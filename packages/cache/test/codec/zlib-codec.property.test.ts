import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZlibCodec } from '../../src/codec/zlib-codec.js';
import { binary, noise, patterned, plainRecord, text } from './contents.js';
import { rendering } from './rendering.js';

const codec = new ZlibCodec();
/** So much that compresses well that no other content makes the codec decline. */
const padding = (): string => 'padding '.repeat(30_000);

async function encoded(value: unknown): Promise<Uint8Array[]> {
  const parts = await codec.encode(value);
  if (parts === undefined) throw new Error('declined');
  return parts;
}

/** A value whose parts are of every kind: header, deltas, plain bytes, narrow and wide text, stored noise. */
function manifold(): object {
  return {
    ids: Int32Array.from({ length: 4000 }, (_, i) => i * 7),
    bytes: new Uint8Array(patterned(20_000)),
    narrow: 'some text, '.repeat(2000),
    wide: 'w\u0177de text, '.repeat(2000),
    noise: new Uint8Array(noise(9000)),
    unit: 'm',
  };
}

describe('ZlibCodec', () => {
  it('gives back any plain record as it was, on the spot and off the event loop', async () => {
    await fc.assert(
      fc.asyncProperty(plainRecord, async (record) => {
        const value = { record, padding: padding() };
        const before = rendering(value);
        const parts = await encoded(value);
        const restored = [await codec.decode(parts), codec.decodeSync(parts)];
        expect(restored.map(rendering)).toEqual([before, before]);
        expect(rendering(value)).toBe(before);
        expect(restored.every((copy) => isDeepStrictEqual(copy, value))).toBe(true);
      }),
    );
  });

  it('gives back any binary content and any text as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(binary, text), async (value) => {
        const parts = await codec.encode(value);
        if (parts === undefined) return;
        expect([rendering(await codec.decode(parts)), rendering(codec.decodeSync(parts))]).toEqual([
          rendering(value),
          rendering(value),
        ]);
      }),
    );
  });

  it('refuses parts with any bit flipped', async () => {
    const parts = await encoded(manifold());
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.nat(7), async (i, j, bit) => {
        const damaged = parts.map((part) => part.slice());
        const part = damaged[i % damaged.length] ?? new Uint8Array(1);
        const at = j % part.byteLength;
        part[at] = (part[at] ?? 0) ^ (1 << bit);
        expect(() => codec.decodeSync(damaged)).toThrow(/part \d+ of a compressed value is damaged/);
        await expect(codec.decode(damaged)).rejects.toThrow(/part \d+ of a compressed value is damaged/);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses parts that are cut, missing, doubled or in another order', async () => {
    const parts = await encoded(manifold());
    await fc.assert(
      fc.asyncProperty(
        fc.nat(parts.length - 1),
        fc.nat(),
        fc.constantFrom('cut', 'missing', 'doubled', 'moved'),
        async (i, j, how) => {
          const part = parts[i] ?? new Uint8Array();
          const damaged = [...parts];
          if (how === 'cut') damaged[i] = part.slice(0, j % part.byteLength);
          if (how === 'missing') damaged.splice(i, 1);
          if (how === 'doubled') damaged.splice(i, 0, part);
          if (how === 'moved') damaged.push(...damaged.splice(0, 1 + (i % (parts.length - 1))));
          expect(() => codec.decodeSync(damaged)).toThrow(Error);
          await expect(codec.decode(damaged)).rejects.toThrow(Error);
        },
      ),
      { numRuns: 300 },
    );
  });
});
