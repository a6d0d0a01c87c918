import { type Limits } from './policy/entry-facts.js';

/** No slot. */
export const NONE = -1;

/**
 * Which slot an id has, and which one goes first when room is needed. An order serves one store, which tells it of
 * everything that happens to the entries.
 */
export interface Order {
  readonly size: number;
  readonly policy: string;
  /** What decides just now, if the policy chooses among several ways. */
  readonly inCharge: string;
  /** The slot for a read, or -1. If the entry may be served, `use` follows. */
  lookup(id: string): number;
  /** The slot, or -1, and nothing changes. */
  peek(id: string): number;
  /** The entry was served, or got a new value. */
  use(slot: number): void;
  /** Call before the facts of an entry change: uses that wait to be told were of what it was before. */
  settle(): void;
  /** An entry that is not there got into this slot; its facts are known. */
  add(id: string, slot: number): void;
  /** The entry's facts are others than before. */
  update(slot: number, bytesBefore: number): void;
  /** The entry leaves; its facts are still known. */
  remove(id: string, slot: number, evicted: boolean): void;
  /** The slot that goes next, or -1. It must be removed as evicted at once. */
  victim(newcomer: number): number;
  resize(limits: Limits): void;
  /** All slots, the most valued first; the order must not change meanwhile. */
  slots(): Iterable<number>;
}
