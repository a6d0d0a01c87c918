import { type EntryFacts, type Limits } from './entry-facts.js';

/**
 * Decides which entry goes when room is needed. It knows entries by their slot, a small whole number that belongs to an
 * entry while it is in the cache and to another afterwards.
 *
 * The cache calls `attach` first and once, `add`, `use`, `update` and `remove` for what happens, and `victim` as often
 * as there is too much; each victim is then removed. Uses may be told later than they happen, up to 64 together, but in
 * their order and before anything else. A policy must not use the cache that it serves, and serves no other.
 */
export interface EvictionPolicy {
  /** Its name in `stats()`. */
  readonly name: string;
  attach(entries: EntryFacts, limits: Limits): void;
  /** An entry got in. */
  add(slot: number): void;
  /** The entry was served, or got a new value. */
  use(slot: number): void;
  /** The entry has left: evicted, or for any other reason. */
  remove(slot: number, evicted: boolean): void;
  /** The slot of the entry that goes next, `newcomer` (-1: none) being the one that needs the room; -1 if there is none. */
  victim(newcomer: number): number;
  /** The entry takes another number of bytes, or has another cost, than before. */
  update?(slot: number, bytesBefore: number): void;
  /** Other limits hold. */
  resize?(limits: Limits): void;
  /** All slots, the most valued first. Default: in no particular order. */
  slots?(): Iterable<number>;
  /** What is in charge just now, if the policy chooses among several ways. */
  readonly inCharge?: string;
}
