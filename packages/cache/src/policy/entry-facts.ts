/** What a policy may know of the entries: a column for each fact, read at the entry's slot. Nobody else writes them. */
export interface EntryFacts {
  /** 32 bits of hash of the key. */
  readonly hash: Int32Array;
  /** Bytes of everything that is kept for the entry. */
  readonly bytes: Float64Array;
  /** Milliseconds that it took to make the value, more than 0; the mean of the others where it is unknown. */
  readonly cost: Float64Array;
  /** When the entry got in, and when it is no longer served, on the cache's clock. */
  readonly createdAt: Float64Array;
  readonly expiresAt: Float64Array;
}

/** How much may be kept. One of the two may be `Infinity`. */
export interface Limits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}
