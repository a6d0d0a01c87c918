import { textOf } from './key/cache-key.js';
import { Packed, type Records } from './records.js';
import { textBytes } from './size/v8-layout.js';

/** An entry as seen from outside: a snapshot, except that `value` is read when asked for. */
export interface CachedConversion<V> {
  /** The text key; for a content key `#` and its fingerprint. */
  readonly key: string;
  /** The name for people and patterns: as given, otherwise the key. */
  readonly label: string;
  /**
   * The value, shared with the cache (a clone with `clone: true`). Reading that of a compressed entry decompresses it
   * on the spot, and throws `ERR_PERF_CACHE_DECODE_FAILED` if that fails.
   */
  readonly value: V;
  /** Clock times in milliseconds; `expiresAt` is `Infinity` for an entry without an end. */
  readonly createdAt: number;
  readonly lastAccessAt: number;
  readonly expiresAt: number;
  /** How often it was served. */
  readonly hits: number;
  /** Bytes it takes now: value, key, label, tags and the cache's own record of it. */
  readonly bytes: number;
  /** Milliseconds it took to make; 0 if unknown. */
  readonly cost: number;
  readonly tags: readonly string[];
  readonly compressed: boolean;
}

/** The columns of an entry, its places in the index of keys and in the lists of the policy, measured on the heap. */
const RECORD_BYTES = 200;
/** The list of an entry's tags, and its place in the index of each. */
const TAGS_BYTES = 64;
const TAG_BYTES = 48;

/** Bytes that an entry takes beside its value; `idBytes` are those of its id. */
export function overheadBytes(id: string, idBytes: number, label: string, tags: readonly string[]): number {
  let bytes = RECORD_BYTES + idBytes + (label === id ? 0 : textBytes(label));
  if (tags.length === 0) return bytes;
  bytes += TAGS_BYTES;
  for (const tag of tags) bytes += TAG_BYTES + textBytes(tag);
  return bytes;
}

/** Everything that is told of an entry but its value. */
export type EntryDescription = Omit<CachedConversion<unknown>, 'value'>;

/** What a record says, at this moment. */
export function describe(records: Records<unknown>, slot: number): EntryDescription {
  return {
    key: textOf(records.id(slot)),
    label: records.label(slot),
    createdAt: records.createdAt(slot),
    lastAccessAt: records.lastAccessAt(slot),
    expiresAt: records.expiresAt(slot),
    hits: records.hits(slot),
    bytes: records.bytes(slot),
    cost: records.givenCost(slot),
    tags: records.tags(slot),
    compressed: records.kept[slot] instanceof Packed,
  };
}

/** A snapshot of an entry, whose value is restored when it is asked for. */
export class EntryView<V> implements CachedConversion<V> {
  readonly key: string;
  readonly label: string;
  readonly createdAt: number;
  readonly lastAccessAt: number;
  readonly expiresAt: number;
  readonly hits: number;
  readonly bytes: number;
  readonly cost: number;
  readonly tags: readonly string[];
  readonly compressed: boolean;
  readonly #restore: () => V;

  constructor(description: EntryDescription, restore: () => V) {
    this.key = description.key;
    this.label = description.label;
    this.createdAt = description.createdAt;
    this.lastAccessAt = description.lastAccessAt;
    this.expiresAt = description.expiresAt;
    this.hits = description.hits;
    this.bytes = description.bytes;
    this.cost = description.cost;
    this.tags = description.tags;
    this.compressed = description.compressed;
    this.#restore = restore;
  }

  get value(): V {
    return this.#restore();
  }
}
