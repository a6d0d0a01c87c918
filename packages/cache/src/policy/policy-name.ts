import { type Order } from '../order.js';
import { AdaptivePolicy, ALL_MODES, WINDOW_MODES } from './adaptive.js';
import { type EntryFacts, type Limits } from './entry-facts.js';
import { FifoPolicy } from './fifo.js';
import { LargestFirstPolicy } from './largest-first.js';
import { LfuPolicy } from './lfu.js';
import { LruOrder } from './lru-order.js';
import { GDSF } from './mode.js';
import { PolicyOrder } from './policy-order.js';
import { type EvictionPolicy } from './policy.js';
import { S3FifoPolicy } from './s3-fifo.js';

/**
 * Which entry goes first when room is needed.
 *
 * - `'adaptive'`: whatever saves the most conversion time for these requests, found out while it runs.
 * - `'lru'`: the one that was not used for the longest time.
 * - `'lfu'`: the one that was used the fewest times. `'fifo'`: the one that got in first.
 * - `'memory-pressure'`: the largest.
 * - `'s3-fifo'`: three queues without a move on a hit, good where much is asked for once.
 * - `'tinylfu'`: newcomers have to be asked for more often than whom they would push out; the share of the cache where
 *   they need not tunes itself.
 * - `'gdsf'`: the one with the least frequency x cost / size.
 */
export type PolicyName =
  'adaptive' | 'lru' | 'lfu' | 'fifo' | 'memory-pressure' | 's3-fifo' | 'tinylfu' | 'gdsf';

const POLICIES: Readonly<Record<Exclude<PolicyName, 'lru'>, () => EvictionPolicy>> = {
  adaptive: () => new AdaptivePolicy('adaptive', ALL_MODES),
  lfu: () => new LfuPolicy(),
  fifo: () => new FifoPolicy(),
  'memory-pressure': () => new LargestFirstPolicy(),
  's3-fifo': () => new S3FifoPolicy(),
  tinylfu: () => new AdaptivePolicy('tinylfu', WINDOW_MODES),
  gdsf: () => new AdaptivePolicy('gdsf', [GDSF]),
};

export const POLICY_NAMES: readonly PolicyName[] = [
  'adaptive',
  'lru',
  'lfu',
  'fifo',
  'memory-pressure',
  's3-fifo',
  'tinylfu',
  'gdsf',
];

/** The order of a store with these entries. `'lru'` is a complete store of its own, on lru-cache. */
export function createOrder(policy: PolicyName | EvictionPolicy, facts: EntryFacts, limits: Limits): Order {
  if (policy === 'lru') return new LruOrder();
  return new PolicyOrder(typeof policy === 'string' ? POLICIES[policy]() : policy, facts, limits);
}
