import { textOf } from './key/cache-key.js';
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

/** A value as it is kept: itself, or its compressed form alone. */
export type Kept<V> =
  | { readonly packed: false; readonly value: V }
  | { readonly packed: true; readonly parts: Uint8Array[]; readonly bytes: number };

/** What an entry is made from. */
export interface EntryParts<V> {
  readonly id: string;
  readonly label: string;
  readonly value: V;
  readonly valueBytes: number;
  readonly cost: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** The record of an entry and its place in the policy's order, measured on the heap. */
const RECORD_BYTES = 300;
/** The list of an entry's tags, and its place in the index of each. */
const TAGS_BYTES = 64;
const TAG_BYTES = 48;

/** The record that the cache keeps of a value. Replacing a value makes a new one: identity tells them apart. */
export class Entry<V> {
  readonly id: string;
  readonly label: string;
  readonly cost: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  kept: Kept<V>;
  /** Bytes of the value as it was given. */
  readonly valueBytes: number;
  /** Bytes of everything that is kept now. */
  bytes: number;
  hits = 0;
  lastAccessAt: number;
  /** Whether it has left the store, for good: a record never comes back. */
  gone = false;

  constructor(from: EntryParts<V>) {
    this.id = from.id;
    this.label = from.label;
    this.cost = from.cost;
    this.tags = from.tags;
    this.createdAt = from.createdAt;
    this.expiresAt = from.expiresAt;
    this.lastAccessAt = from.createdAt;
    this.kept = { packed: false, value: from.value };
    this.valueBytes = from.valueBytes;
    this.bytes = from.valueBytes + recordBytes(from);
  }

  /** Puts the compressed form in place of the value. */
  pack(parts: Uint8Array[], bytes: number): void {
    this.kept = { packed: true, parts, bytes };
    this.bytes += bytes - this.valueBytes;
  }
}

function recordBytes({ id, label, tags }: EntryParts<unknown>): number {
  let bytes = RECORD_BYTES + textBytes(id) + (label === id ? 0 : textBytes(label));
  if (tags.length > 0) bytes += TAGS_BYTES;
  for (const tag of tags) bytes += TAG_BYTES + textBytes(tag);
  return bytes;
}

/** A snapshot of an entry, whose value is found by `restore` when it is asked for. */
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

  constructor(entry: Entry<V>, restore: (entry: Entry<V>) => V) {
    this.key = textOf(entry.id);
    this.label = entry.label;
    this.createdAt = entry.createdAt;
    this.lastAccessAt = entry.lastAccessAt;
    this.expiresAt = entry.expiresAt;
    this.hits = entry.hits;
    this.bytes = entry.bytes;
    this.cost = entry.cost;
    this.tags = entry.tags;
    this.compressed = entry.kept.packed;
    this.#restore = () => restore(entry);
  }

  get value(): V {
    return this.#restore();
  }
}
