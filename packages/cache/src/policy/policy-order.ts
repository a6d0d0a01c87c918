import { NONE, type Order } from '../order.js';
import { type EntryFacts, type Limits } from './entry-facts.js';
import { type EvictionPolicy } from './policy.js';

/** Ids in a map, and a policy that decides who goes first. */
export class PolicyOrder implements Order {
  readonly #slots = new Map<string, number>();
  readonly #policy: EvictionPolicy;

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
    return this.#policy.inCharge ?? this.#policy.name;
  }

  lookup(id: string): number {
    return this.#slots.get(id) ?? NONE;
  }

  peek(id: string): number {
    return this.#slots.get(id) ?? NONE;
  }

  use(slot: number): void {
    this.#policy.use(slot);
  }

  add(id: string, slot: number): void {
    this.#slots.set(id, slot);
    this.#policy.add(slot);
  }

  update(slot: number, bytesBefore: number): void {
    this.#policy.update?.(slot, bytesBefore);
  }

  remove(id: string, slot: number, evicted: boolean): void {
    this.#slots.delete(id);
    this.#policy.remove(slot, evicted);
  }

  victim(newcomer: number): number {
    return this.#policy.victim(newcomer);
  }

  resize(limits: Limits): void {
    this.#policy.resize?.(limits);
  }

  slots(): Iterable<number> {
    return this.#policy.slots?.() ?? this.#slots.values();
  }
}
