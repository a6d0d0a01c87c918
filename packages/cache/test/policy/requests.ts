import { ConversionCache, type CacheOptions, type CacheStatistics } from '../../src/index.js';
import { FakeClock } from '../fake-clock.js';
import { type Dice } from './dice.js';

/** Something that is asked for, with what it would take to make it. */
export interface Request {
  readonly key: string;
  readonly size?: number;
  readonly cost?: number;
}

/** A cache as it is used: whatever is not there is made and set. */
export function cacheOf(options: CacheOptions<number>): ConversionCache<number> {
  return new ConversionCache<number>({ clock: new FakeClock(), ttl: Infinity, ...options });
}

export interface Outcome {
  /** Of all requests, those that were served. */
  readonly hitRate: number;
  /** Of all costs, those that were saved. */
  readonly saved: number;
  readonly inCharge: string;
}

/** What came of some requests. */
export function serve(cache: ConversionCache<number>, requests: Iterable<Request>): Outcome {
  const before: CacheStatistics = cache.stats();
  let costs = 0;
  for (const { key, size = 100, cost = 1 } of requests) {
    costs += cost;
    if (cache.get(key) === undefined) cache.set(key, 0, { size, cost });
  }
  const { hits, misses, savedMs, inCharge } = cache.stats();
  const asked = hits + misses - before.hits - before.misses;
  return { hitRate: (hits - before.hits) / asked, saved: (savedMs - before.savedMs) / costs, inCharge };
}

/** The same keys over and over, in the same order. */
export function* loop(keys: number, requests: number, from = 0): Generator<Request> {
  for (let i = 0; i < requests; i++) yield { key: `loop${String(from + (i % keys))}` };
}

/** Keys that were asked for lately are asked for again: the more likely, the later it was; and new ones now and then. */
export function* recent(dice: Dice, requests: number, reach: number): Generator<Request> {
  const history: number[] = [];
  let next = 0;
  for (let i = 0; i < requests; i++) {
    const back = history.length - 1 - dice.below(reach) ** 2 / reach;
    const key = dice.fraction() < 0.2 ? next++ : (history[Math.floor(back)] ?? next++);
    history.push(key);
    yield { key: `recent${String(key)}` };
  }
}

/** Some keys are popular, and stay so. */
export function* popular(dice: Dice, keys: number, requests: number, from = 0): Generator<Request> {
  for (let i = 0; i < requests; i++) yield { key: `popular${String(from + dice.popular(keys))}` };
}
