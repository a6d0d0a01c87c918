import { parseChoice, refuseUnknown } from '@perf/internal/options';
import { invalidOption } from '../cache-error.js';
import { createHasher, type FingerprintAlgorithm } from './hasher.js';
import { StructureDigest } from './structure-digest.js';

/** Options of {@link fingerprint}. */
export interface FingerprintOptions {
  /**
   * `'fast'` (default): MurmurHash3 with 128 bits. `'sha256'`: for data from someone who may want two different
   * values to share a fingerprint.
   */
  readonly algorithm?: FingerprintAlgorithm;
}

const ALGORITHMS: readonly FingerprintAlgorithm[] = ['fast', 'sha256'];
const idle = new Map<FingerprintAlgorithm, StructureDigest>();

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
 * @returns 32 hexadecimal digits, or 64 for `'sha256'`.
 */
export function fingerprint(value: unknown, options: FingerprintOptions = {}): string {
  refuseUnknown(options, ['algorithm'], invalidOption);
  const algorithm = parseChoice(options.algorithm ?? 'fast', 'algorithm', ALGORITHMS, invalidOption);
  // A getter may ask for a fingerprint in the middle of one: the instance at work is not in its place then.
  const digest = idle.get(algorithm) ?? new StructureDigest(createHasher(algorithm));
  idle.delete(algorithm);
  const text = digest.of(value);
  digest.forget();
  idle.set(algorithm, digest);
  return text;
}
