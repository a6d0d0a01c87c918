import { createHash } from 'node:crypto';
import { createKernel } from './xxh3/kernel.js';
import { Xxh3 } from './xxh3/xxh3.js';

/**
 * `'fast'`: XXH3 with 128 bits, for data that nobody forges. `'sha256'`: where whoever sends the data may want two
 * different values to share a key.
 */
export type FingerprintAlgorithm = 'fast' | 'sha256';

/** A hash over bytes that arrive in chunks; the digest depends on their concatenation only. */
export interface HashStream {
  update(bytes: Uint8Array, from?: number, to?: number): void;
  /** Writes the digest; the stream is finished. */
  digest(into: Uint8Array, at: number): void;
}

/** A hash function, as the walk over a value needs it. */
export interface Hasher {
  /** Bytes of a digest. */
  readonly width: number;
  /** Hashes `bytes[from, to)` and writes the digest to `into`, which may be the same array. */
  hash(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void;
  stream(): HashStream;
}

/** One kernel a thread: it tells the streams of different hashes apart. */
let xxh3: Xxh3 | undefined;

export function createHasher(algorithm: FingerprintAlgorithm): Hasher {
  return algorithm === 'fast' ? (xxh3 ??= new Xxh3(createKernel())) : new Sha256Hasher();
}

class Sha256Hasher implements Hasher {
  readonly width = 32;

  hash(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void {
    into.set(createHash('sha256').update(bytes.subarray(from, to)).digest(), at);
  }

  stream(): HashStream {
    const hash = createHash('sha256');
    return {
      update(bytes, from = 0, to = bytes.length) {
        hash.update(bytes.subarray(from, to));
      },
      digest(into, at) {
        into.set(hash.digest(), at);
      },
    };
  }
}
