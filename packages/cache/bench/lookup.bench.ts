/**
 * A hit, and a set that evicts, against lru-cache with `max` and `ttl`. Keys are built anew for every access, as a
 * request does: a string that was just put together has no hash yet.
 */
import { ConversionCache } from '@perf/cache';
import { LRUCache } from 'lru-cache';
import type { Bench } from '@perf/tooling-bench';

const ENTRIES = 10_000;
const TTL_MS = 3_600_000;

interface Store {
  get(key: string): unknown;
  set(key: string, value: number): unknown;
}

export default async function run({ benchmark, comparison, quick }: Bench): Promise<void> {
  const budget = quick ? '300ms' : '3s';
  const stores: Readonly<Record<string, Store>> = {
    'lru-cache (max, ttl)': new LRUCache<string, number>({ max: ENTRIES, ttl: TTL_MS }),
    '@perf/cache (lru)': new ConversionCache<number>({ maxEntries: ENTRIES, ttl: TTL_MS }),
  };
  const filled = Object.entries(stores).map(([name, store]): [string, Store] => {
    for (let i = 0; i < ENTRIES; i++) store.set(keyOf(i), i);
    return [name, store];
  });

  const hits = Object.fromEntries(filled.map(([name, store]) => [name, hitter(store)]));
  comparison(`A hit in ${String(ENTRIES)} entries`, await benchmark.compare(hits, { budget }));

  const sets = Object.fromEntries(filled.map(([name, store]) => [name, setter(store)]));
  comparison('A set that evicts the oldest entry', await benchmark.compare(sets, { budget }));

  const cache = new ConversionCache<number>({ maxEntries: ENTRIES });
  cache.set('kept', 1);
  const plain = new Map([['kept', Promise.resolve(1)]]);
  comparison(
    'getOrConvert that hits, against awaiting a promise kept in a Map',
    await benchmark.compare(
      {
        'await map.get': async () => plain.get('kept'),
        'await cache.getOrConvert': () => cache.getOrConvert('kept', () => 1),
      },
      { budget },
    ),
  );
}

function keyOf(i: number): string {
  return `csv>columns:file-${String(i)}.csv`;
}

function hitter(store: Store): () => unknown {
  let i = 0;
  return () => {
    i = (i * 7919 + 1) % ENTRIES;
    return store.get(keyOf(i));
  };
}

function setter(store: Store): () => unknown {
  let next = ENTRIES;
  return () => {
    next += 1;
    store.set(keyOf(next), next);
  };
}
