import { TextScan } from '../key/text-scan.js';
import { NONE, type Order } from '../order.js';
import { type Limits } from '../policy/entry-facts.js';
import { createOrder, type PolicyName } from '../policy/policy-name.js';
import { type EvictionPolicy } from '../policy/policy.js';
import { SlotTable } from '../policy/slot-table.js';
import { type Access } from './trace.js';

/** What a policy made of a trace. */
export interface SimulationResult extends Limits {
  readonly policy: string;
  readonly requests: number;
  readonly hits: number;
  /** Requests that were answered, 0 to 1. */
  readonly hitRate: number;
  /** Bytes that were answered of those that were asked for, 0 to 1. */
  readonly byteHitRate: number;
  /** Milliseconds of making that the answers saved, and their part of all, 0 to 1. */
  readonly savedMs: number;
  readonly savedRate: number;
  readonly evictions: number;
  /** Requests for values that are larger than the limit. */
  readonly refused: number;
}

/** A cache without values, which runs the policy of a real one. */
export class Simulation {
  readonly #table = new SlotTable();
  readonly #order: Order;
  readonly #keys: string[] = [];
  readonly #scan = new TextScan();
  readonly #limits: Limits;
  readonly #asked = { requests: 0, bytes: 0, cost: 0 };
  readonly #answered = { hits: 0, bytes: 0, cost: 0 };
  #bytes = 0;
  #evictions = 0;
  #refused = 0;

  constructor(policy: PolicyName | EvictionPolicy, limits: Limits) {
    this.#limits = limits;
    this.#order = createOrder(policy, this.#table, limits);
  }

  access(access: Access): void {
    const { key, size, cost } = access;
    this.#asked.requests += 1;
    this.#asked.bytes += size;
    this.#asked.cost += cost;
    const slot = this.#order.lookup(key);
    if (slot === NONE) {
      this.#add(access);
      return;
    }
    this.#answered.hits += 1;
    this.#answered.bytes += size;
    this.#answered.cost += cost;
    this.#order.use(slot);
  }

  result(): SimulationResult {
    const { requests, bytes, cost } = this.#asked;
    const { hits } = this.#answered;
    return {
      policy: this.#order.policy,
      ...this.#limits,
      ...{ requests, hits, hitRate: share(hits, requests), byteHitRate: share(this.#answered.bytes, bytes) },
      savedMs: this.#answered.cost,
      savedRate: share(this.#answered.cost, cost),
      evictions: this.#evictions,
      refused: this.#refused,
    };
  }

  #add({ key, size, cost }: Access): void {
    if (size > this.#limits.maxBytes) {
      this.#refused += 1;
      return;
    }
    const table = this.#table;
    const slot = table.take();
    this.#scan.read(key);
    // A policy divides by what is at stake: nothing is not allowed.
    table.setFacts(slot, this.#scan.hash, size, Math.max(Number.MIN_VALUE, cost), 0, Infinity);
    this.#keys[slot] = key;
    this.#bytes += size;
    this.#order.add(key, slot);
    while (table.count > this.#limits.maxEntries || this.#bytes > this.#limits.maxBytes) {
      this.#evict(this.#order.victim(slot));
    }
  }

  #evict(slot: number): void {
    this.#order.remove(this.#keys[slot] ?? '', slot, true);
    this.#bytes -= this.#table.bytes(slot);
    this.#table.release(slot);
    this.#evictions += 1;
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
