import { type Access } from './trace.js';

/*
 * The best that any cache could do: give up the entry whose next use is the farthest away (Belady, "A study of
 * replacement algorithms for a virtual-storage computer", IBM Systems Journal 1966). Optimal where all entries count
 * alike; with sizes or costs nobody can compute the best.
 */

/** How many requests a cache that knows the future answers. */
export function optimalHits(trace: readonly Access[], maxEntries: number): number {
  const next = nextUses(trace);
  const kept = new Map<string, number>();
  const byNextUse = new FarthestFirst();
  let hits = 0;
  for (const [at, { key }] of trace.entries()) {
    const nextUse = next[at] ?? Infinity;
    if (kept.has(key)) hits += 1;
    kept.set(key, nextUse);
    byNextUse.push(key, nextUse);
    // The newcomer may be the one that is needed last.
    if (kept.size > maxEntries) byNextUse.evictFrom(kept);
  }
  return hits;
}

/** For each request, the place of the next one for the same key. */
function nextUses(trace: readonly Access[]): Float64Array {
  const next = new Float64Array(trace.length);
  const seen = new Map<string, number>();
  for (let at = trace.length - 1; at >= 0; at--) {
    const key = trace[at]?.key ?? '';
    next[at] = seen.get(key) ?? Infinity;
    seen.set(key, at);
  }
  return next;
}

/** A heap of keys, that with the farthest next use on top. A key that was used meanwhile is in it twice. */
class FarthestFirst {
  readonly #keys: string[] = [];
  readonly #uses: number[] = [];

  push(key: string, nextUse: number): void {
    let at = this.#keys.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#uses[parent] ?? 0) >= nextUse) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, key, nextUse);
  }

  /** Removes the key that is needed last. What is out of date in the heap is passed over. */
  evictFrom(kept: Map<string, number>): void {
    while (this.#keys.length > 0) {
      const [key = '', nextUse = 0] = [this.#keys[0], this.#uses[0]];
      this.#pop();
      if (kept.get(key) !== nextUse) continue;
      kept.delete(key);
      return;
    }
  }

  #pop(): void {
    const key = this.#keys.pop() ?? '';
    const use = this.#uses.pop() ?? 0;
    const length = this.#keys.length;
    if (length === 0) return;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      const larger =
        child + 1 < length && (this.#uses[child + 1] ?? 0) > (this.#uses[child] ?? 0) ? child + 1 : child;
      if (use >= (this.#uses[larger] ?? 0)) break;
      this.#move(larger, at);
      at = larger;
    }
    this.#put(at, key, use);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from] ?? '', this.#uses[from] ?? 0);
  }

  #put(at: number, key: string, use: number): void {
    this.#keys[at] = key;
    this.#uses[at] = use;
  }
}
