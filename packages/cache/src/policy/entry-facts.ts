/** What a policy may know of the entries, by the slot of an entry that is in the cache or about to leave it. */
export interface EntryFacts {
  /** 32 bits of hash of the key. */
  hash(slot: number): number;
  /** Bytes of everything that is kept for the entry. */
  bytes(slot: number): number;
  /** Milliseconds that it took to make the value, more than 0; the mean of the others where it is unknown. */
  cost(slot: number): number;
  /** When the entry got in, and when it is no longer served, on the cache's clock. */
  createdAt(slot: number): number;
  expiresAt(slot: number): number;
}

/** How much may be kept. One of the two may be `Infinity`. */
export interface Limits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}
