import { NONE, type Order } from '../order.js';
import { type EntryFacts, type Limits } from './entry-facts.js';
import { type EvictionPolicy } from './policy.js';

/** So many uses at most wait to be told to the policy. */
const WAITING = 64;

/**
 * Ids in a map, and a policy that decides who goes first. Uses are told to the policy in order but together, before
 * anything else happens: the work of a hit is done while its code and data are at hand (as by the read buffer of
 * Caffeine).
 */
export class PolicyOrder implements Order {
  readonly #slots = new Map<string, number>();
  readonly #policy: EvictionPolicy;
  readonly #used = new Int32Array(WAITING);
  #waiting = 0;

  constructor(policy: EvictionPolicy, facts: EntryFacts, limits: Limits) {
    this.#policy = policy;
    policy.attach(facts, limits);
  }

  get size(): number {
    return this.#slots.size;
  }

  get policy(): string {
    return this.#policy.name;
  }

  get inCharge(): string {
    this.settle();
    return this.#policy.inCharge ?? this.#policy.name;
  }

  lookup(id: string): number {
    return this.#slots.get(id) ?? NONE;
  }

  peek(id: string): number {
    return this.#slots.get(id) ?? NONE;
  }

  use(slot: number): void {
    this.#used[this.#waiting++] = slot;
    if (this.#waiting === WAITING) this.settle();
  }

  settle(): void {
    const waiting = this.#waiting;
    if (waiting === 0) return;
    this.#waiting = 0;
    for (let i = 0; i < waiting; i++) this.#policy.use(this.#used[i] ?? 0);
  }

  add(id: string, slot: number): void {
    this.settle();
    this.#slots.set(id, slot);
    this.#policy.add(slot);
  }

  update(slot: number, bytesBefore: number): void {
    this.#policy.update?.(slot, bytesBefore);
  }

  remove(id: string, slot: number, evicted: boolean): void {
    this.settle();
    this.#slots.delete(id);
    this.#policy.remove(slot, evicted);
  }

  victim(newcomer: number): number {
    this.settle();
    return this.#policy.victim(newcomer);
  }

  resize(limits: Limits): void {
    this.settle();
    this.#policy.resize?.(limits);
  }

  slots(): Iterable<number> {
    this.settle();
    return this.#policy.slots?.() ?? this.#slots.values();
  }
}
