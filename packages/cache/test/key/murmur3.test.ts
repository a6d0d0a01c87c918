import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Murmur3 } from '../../src/key/murmur3.js';

function digest(bytes: Uint8Array, seed = 0): Uint8Array {
  const hash = new Murmur3(seed);
  hash.update(bytes);
  const out = new Uint8Array(16);
  hash.digest(out, 0);
  return out;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('Murmur3', () => {
  it('has the published verification value of x86_128', () => {
    // SMHasher: hash {}, {0}, {0, 1}, ... with the seeds 256, 255, ...; the hash of all digests begins with the value.
    const digests = Array.from({ length: 256 }, (_, n) =>
      digest(
        Uint8Array.from({ length: n }, (_, i) => i),
        256 - n,
      ),
    );
    const verification = digest(Buffer.concat(digests)).subarray(0, 4).toReversed();
    expect(hex(verification)).toBe('b3ece62a');
  });

  it('gives the same digest however the input is cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.array(fc.nat(2000), { maxLength: 5 }),
        (bytes, cuts) => {
          const hash = new Murmur3();
          let from = 0;
          for (const to of [
            ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b),
            bytes.length,
          ]) {
            hash.update(bytes, from, to);
            from = to;
          }
          const out = new Uint8Array(16);
          hash.digest(out, 0);
          expect(hex(out)).toBe(hex(digest(bytes)));
        },
      ),
    );
  });

  it('reads any alignment and shared memory alike', () => {
    const bytes = Uint8Array.from({ length: 1501 }, (_, i) => i * 7);
    const shared = new Uint8Array(new SharedArrayBuffer(1504), 3);
    shared.set(bytes);
    expect(hex(digest(shared))).toBe(hex(digest(bytes)));
  });

  it('starts over after a reset', () => {
    const hash = new Murmur3(7);
    hash.update(Uint8Array.of(1, 2, 3));
    hash.reset();
    const out = new Uint8Array(18);
    hash.digest(out, 2);
    expect(hex(out.subarray(2))).toBe(hex(digest(new Uint8Array())));
  });
});
