import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shuffled, unshuffled, type Filter } from '../../src/codec/byte-shuffle.js';

const width = fc.constantFrom(1, 2, 4, 8);
const filter = fc.constantFrom<Filter>('plain', 'shuffle', 'delta');

/** Says it in the words of the definition. */
function model(bytes: Uint8Array, width: number, filter: Filter): number[] {
  if (filter === 'plain' || width === 1) return [...bytes];
  const planes = Array.from({ length: width }, (_, plane) =>
    [...bytes].filter((_, i) => i % width === plane),
  );
  if (filter === 'shuffle') return planes.flat();
  return planes.flatMap((plane) =>
    plane.map((byte, i) => (byte - (i === 0 ? 0 : (plane[i - 1] ?? 0)) + 256) % 256),
  );
}

describe('shuffling', () => {
  it('does what its definition says, and back, wherever the bytes lie', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(7),
        width,
        filter,
        (content, offset, width, filter) => {
          const length = content.byteLength - (content.byteLength % width);
          const bytes = new Uint8Array(length + 8).subarray(offset, offset + length);
          bytes.set(content.subarray(0, length));
          const before = [...bytes];
          const after = shuffled(bytes, width, filter);
          expect([...after]).toEqual(model(bytes, width, filter));
          expect([...unshuffled(after, width, filter)]).toEqual(before);
          expect([...bytes]).toEqual(before);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
