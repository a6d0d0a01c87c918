import { parseChoice, refuseUnknown } from '@perf/internal/options';
import { invalidOption } from '../cache-error.js';
import { createHasher, type FingerprintAlgorithm } from './hasher.js';
import { StructureDigest } from './structure-digest.js';

/** Options of {@link fingerprint}. */
export interface FingerprintOptions {
  /**
   * `'fast'` (default): XXH3 with 128 bits, in WebAssembly where there is some. `'sha256'`: for data from someone who
   * may want two different values to share a fingerprint; on bytes four times slower where the processor helps.
   */
  readonly algorithm?: FingerprintAlgorithm;
}

const ALGORITHMS: readonly FingerprintAlgorithm[] = ['fast', 'sha256'];
const idle: Record<FingerprintAlgorithm, StructureDigest | undefined> = {
  fast: undefined,
  sha256: undefined,
};

/**
 * A short text that stands for the whole content of a value: equal exactly when two values are structurally equal,
 * in every process.
 *
 * Structurally equal means what `util.isDeepStrictEqual` means: same class, same own enumerable properties and
 * registered or well-known symbols, same elements, bytes, members. The order of keys, of map entries and of set
 * members does not matter; a shared object equals a copy of it. `-0` and `0`, `undefined` and missing, a hole and
 * `undefined`, `1` and `1n` differ; `NaN` equals itself. Beyond it: invalid dates equal one another, errors are told
 * apart by `cause` and `errors` too, and URLs by their text. A class counts by its name; a second class of the same
 * name is told apart within the process.
 *
 * A cycle is described by how many containers up it leads, so a ring of two differs from a ring of one.
 *
 * Functions, promises, weak collections, unique symbols, detached buffers and objects that hide their state (streams,
 * `Blob`, `Intl` formats, keys) are refused with `ERR_PERF_CACHE_UNHASHABLE`, which names their path. Private fields
 * of your own classes are invisible to any library: give such objects a `{ cacheKey }`. Own getters are called.
 *
 * The chance that any two of `n` different values share a fast fingerprint is about n^2 / 2^129: 10^-21 for a thousand
 * million values. No accident reaches that, but whoever may choose the values can construct such a pair: use `'sha256'`
 * for those.
 *
 * Cost, on Node 24 and a 2-core AMD EPYC: 100 MB of bytes or numbers in a typed array some 20 ms, 1.1 times a plain
 * copy of them; 10,000 rows of 10 fields 5 to 7 ms; an object of a few fields less than 1 microsecond; the first call of
 * a thread a few milliseconds more, to compile 3 kB. Content is read whole, never sampled. Without WebAssembly, as
 * under `--jitless`, fingerprints are the same, and bytes are read at some 6 to 15 MB a second.
 *
 * @returns 32 hexadecimal digits, or 64 for `'sha256'`.
 */
export function fingerprint(value: unknown, options?: FingerprintOptions): string {
  const algorithm = options === undefined ? 'fast' : algorithmOf(options);
  // A getter may ask for a fingerprint in the middle of one: the instance at work is not in its place then.
  const digest = idle[algorithm] ?? new StructureDigest(createHasher(algorithm));
  idle[algorithm] = undefined;
  try {
    return digest.of(value);
  } finally {
    digest.forget();
    idle[algorithm] = digest;
  }
}

function algorithmOf(options: FingerprintOptions): FingerprintAlgorithm {
  refuseUnknown(options, ['algorithm'], invalidOption);
  return parseChoice(options.algorithm ?? 'fast', 'algorithm', ALGORITHMS, invalidOption);
}
