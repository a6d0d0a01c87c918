/**
 * A hit, and a set that evicts, of one policy against lru-cache with `max` and `ttl`, in a process of its own: with
 * several policies in one process the calls to each would be slower than they are for anybody. Keys are built anew for
 * every access, as a request does: a text that was just put together has no hash yet.
 */
import { ConversionCache, type PolicyName } from '@perf/cache';
import { PerformanceBenchmark } from '@perf/tooling-bench';
import { LRUCache } from 'lru-cache';
import { Random, Zipf } from './random.js';

const TTL_MS = 3_600_000;
/** Draws are made before the clock runs. */
const DRAWS = 1 << 16;
const WARM_UP = 1_000_000;

interface Store {
  get(key: string): unknown;
  set(key: string, value: number): unknown;
}

/** What this process prints. */
export interface PolicySpeed {
  readonly hit: Figures;
  readonly set: Figures;
}

export interface Figures {
  readonly baseNs: number;
  readonly candidateNs: number;
  readonly ratio: number;
  readonly interval: readonly [number, number];
}

const [policy = 'adaptive', entriesText = '10000', budget = '3s'] = process.argv.slice(2);
const entries = Number(entriesText);
const benchmark = new PerformanceBenchmark();
const stores: readonly [Store, Store] = [
  new LRUCache<string, number>({ max: entries, ttl: TTL_MS }),
  new ConversionCache<number>({ maxEntries: entries, ttl: TTL_MS, policy: policy as PolicyName }),
];

const keyOf = (i: number): string => `csv>columns:file-${String(i)}.csv`;
const zipf = new Zipf(entries, 0.9, new Random(1));
const draws = Uint32Array.from({ length: DRAWS }, () => zipf.next());

// As in a server that has been up for a while: the code is compiled, the stores are full and have evicted.
for (const store of stores) {
  for (let i = 0; i < WARM_UP; i++) {
    store.set(keyOf(i % (2 * entries)), i);
    store.get(keyOf(draws[i % DRAWS] ?? 0));
  }
  for (let i = 0; i < entries; i++) store.set(keyOf(i), i);
}
const hit = await compare(hitter);
const set = await compare(setter);
process.stdout.write(JSON.stringify({ hit, set } satisfies PolicySpeed));

async function compare(work: (store: Store) => () => unknown): Promise<Figures> {
  const [base, candidate] = stores;
  const result = await benchmark.compare({ base: work(base), candidate: work(candidate) }, { budget });
  const [comparison] = result.comparisons;
  if (comparison === undefined) throw new Error('nothing was compared');
  const [first, second] = result.contenders.map(({ time }) => time.p50 * 1e6);
  return {
    baseNs: first ?? 0,
    candidateNs: second ?? 0,
    ratio: comparison.ratio,
    interval: comparison.interval,
  };
}

function hitter(store: Store): () => unknown {
  let i = 0;
  return () => {
    i = (i + 1) % DRAWS;
    return store.get(keyOf(draws[i] ?? 0));
  };
}

function setter(store: Store): () => unknown {
  let next = entries;
  return () => {
    next += 1;
    store.set(keyOf(next), next);
  };
}
