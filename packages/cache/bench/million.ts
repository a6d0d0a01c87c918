/**
 * A million entries in a process of its own: what each takes beside its key and value, and how long single operations
 * take at worst, with what the collector and the growth of the index have to do with it.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { ConversionCache, sizeOf, type PolicyName } from '@perf/cache';
import { LRUCache } from 'lru-cache';
import { Random, Zipf } from './random.js';

const ENTRIES = 1_000_000;
const STEADY = 2_000_000;
const DRAWS = 1 << 20;
/** Between turns of the event loop, so that the collector's reports come in. */
const CHUNK = 10_000;

/** What this process prints. */
export interface Million {
  readonly overheadBytes: number;
  readonly filling: Pauses;
  readonly steady: Pauses;
}

/** Milliseconds. */
export interface Pauses {
  readonly p999: number;
  /** The longest operation, and the longest in which the collector had no part. */
  readonly max: number;
  readonly maxWithoutGc: number;
  /** Operations of more than a millisecond, and how many of them the collector had a part in. */
  readonly long: number;
  readonly longWithGc: number;
}

interface Store {
  get(key: string): unknown;
  set(key: string, value: null): unknown;
}

const STORES: Readonly<Record<string, () => Store>> = {
  map: () => new Map<string, null>(),
  'lru-cache': () => boxed(new LRUCache<string, { readonly value: null }>({ max: ENTRIES, ttl: 3_600_000 })),
};

const [name = 'adaptive'] = process.argv.slice(2);
const collections: { readonly from: number; readonly to: number }[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries())
    collections.push({ from: startTime, to: startTime + duration });
});
observer.observe({ entryTypes: ['gc'] });

const keyOf = (i: number): string => `csv>columns:file-${String(i)}.csv`;
const before = heldBytes();
const store =
  STORES[name]?.() ??
  new ConversionCache<null>({ maxEntries: ENTRIES, maxBytes: Infinity, policy: name as PolicyName });
const filling = await timed(ENTRIES, (i) => {
  store.set(keyOf(i), null);
});
const keyBytes = sizeOf(keyOf(ENTRIES / 2));
const overheadBytes = (heldBytes() - before) / ENTRIES - keyBytes;
const zipf = new Zipf(ENTRIES, 0.9, new Random(1));
const draws = Uint32Array.from({ length: DRAWS }, () => zipf.next());
// Three requests for what is there, one for something new.
const steady = await timed(STEADY, (i) => {
  if (i % 4 === 3) store.set(keyOf(ENTRIES + i), null);
  else store.get(keyOf(draws[i % DRAWS] ?? 0));
});
process.stdout.write(JSON.stringify({ overheadBytes, filling, steady } satisfies Million));

async function timed(operations: number, operate: (i: number) => void): Promise<Pauses> {
  const times = new Float64Array(operations);
  const slow: { readonly at: number; readonly took: number }[] = [];
  for (let i = 0; i < operations; i++) {
    const at = performance.now();
    operate(i);
    const took = performance.now() - at;
    times[i] = took;
    if (took > 0.1) slow.push({ at, took });
    if (i % CHUNK === CHUNK - 1) await setImmediate();
  }
  await setImmediate();
  const withGc = ({ at, took }: { at: number; took: number }): boolean =>
    collections.some(({ from, to }) => from < at + took && to > at);
  const longest = (list: readonly { took: number }[]): number => Math.max(0, ...list.map(({ took }) => took));
  const long = slow.filter(({ took }) => took > 1);
  return {
    p999: times.sort()[Math.floor(0.999 * operations)] ?? 0,
    max: longest(slow),
    maxWithoutGc: longest(slow.filter((operation) => !withGc(operation))),
    long: long.length,
    longWithGc: long.filter(withGc).length,
  };
}

function heldBytes(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** lru-cache does not take null for a value to keep, so one box stands for all. */
function boxed(lru: LRUCache<string, { readonly value: null }>): Store {
  const box = { value: null };
  return { get: (key) => lru.get(key), set: (key) => lru.set(key, box) };
}
