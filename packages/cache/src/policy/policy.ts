import { LruStore } from './lru.js';

/** Which entry goes first when room is needed: `'lru'`, the one that was not used for the longest time. */
export type PolicyName = 'lru';

export const POLICIES: readonly PolicyName[] = ['lru'];

/** Entries by id, in the order in which a policy gives them up. */
export interface PolicyStore<E> {
  readonly size: number;
  /** The entry, which counts as used. */
  use(id: string): E | undefined;
  /** The entry, and nothing changes. */
  peek(id: string): E | undefined;
  /** Adds an entry; its id must be free. */
  add(id: string, entry: E): void;
  remove(id: string): void;
  /** Takes out the entry that the policy values least. */
  evict(): E | undefined;
  /** All entries, the most valued first. */
  values(): Iterable<E>;
}

const STORES: Readonly<Record<PolicyName, new <E extends object>() => PolicyStore<E>>> = { lru: LruStore };

export function createPolicyStore<E extends object>(policy: PolicyName): PolicyStore<E> {
  return new STORES[policy]<E>();
}
