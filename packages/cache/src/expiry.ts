/** When an entry that is made now expires, on the cache's clock. */
export function expiryOf(now: number, ttl: number): number {
  return now + ttl;
}

/** An entry lives for the whole of its ttl and not a moment longer. */
export function isExpired(entry: { readonly expiresAt: number }, now: number): boolean {
  return now >= entry.expiresAt;
}
