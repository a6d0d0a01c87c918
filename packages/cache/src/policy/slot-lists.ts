import { grown } from './slot-table.js';

/*
 * Doubly linked lists through slots: every slot is in at most one list, and all lists share one pair of link columns.
 * Links and ends are stored plus one, so that a fresh column of zeros means "none".
 */

const NONE = -1;
const FIRST_CAPACITY = 64;

/** Lists of slots, numbered from 0. The head is the newest end, the tail the oldest. */
export class SlotLists {
  #newer: Int32Array = new Int32Array(FIRST_CAPACITY);
  #older: Int32Array = new Int32Array(FIRST_CAPACITY);
  #heads: Int32Array;
  #tails: Int32Array;
  #lengths: Int32Array;

  constructor(lists: number) {
    this.#heads = new Int32Array(lists);
    this.#tails = new Int32Array(lists);
    this.#lengths = new Int32Array(lists);
  }

  length(list: number): number {
    return this.#lengths[list] ?? 0;
  }

  /** The newest slot of a list, or -1. */
  head(list: number): number {
    return (this.#heads[list] ?? 0) - 1;
  }

  /** The oldest slot of a list, or -1. */
  tail(list: number): number {
    return (this.#tails[list] ?? 0) - 1;
  }

  /** The next newer neighbour, or -1. */
  newer(slot: number): number {
    return (this.#newer[slot] ?? 0) - 1;
  }

  /** The next older neighbour, or -1. */
  older(slot: number): number {
    return (this.#older[slot] ?? 0) - 1;
  }

  /** Puts a slot that is in no list at the newest end. */
  push(list: number, slot: number): void {
    if (slot >= this.#newer.length) this.#growSlots(slot);
    if (list >= this.#heads.length) this.#growLists(list);
    const head = this.#heads[list] ?? 0;
    this.#newer[slot] = 0;
    this.#older[slot] = head;
    if (head === 0) this.#tails[list] = slot + 1;
    else this.#newer[head - 1] = slot + 1;
    this.#heads[list] = slot + 1;
    this.#lengths[list] = (this.#lengths[list] ?? 0) + 1;
  }

  /** Takes a slot out of the list it is in. */
  unlink(list: number, slot: number): void {
    const newer = this.#newer[slot] ?? 0;
    const older = this.#older[slot] ?? 0;
    if (newer === 0) this.#heads[list] = older;
    else this.#older[newer - 1] = older;
    if (older === 0) this.#tails[list] = newer;
    else this.#newer[older - 1] = newer;
    this.#lengths[list] = (this.#lengths[list] ?? 0) - 1;
  }

  /** Makes a slot the newest of its list. */
  renew(list: number, slot: number): void {
    if (this.#heads[list] === slot + 1) return;
    this.unlink(list, slot);
    this.push(list, slot);
  }

  /** The slots of a list, the newest first; the list must not change meanwhile. */
  *slots(list: number): Generator<number> {
    for (let slot = this.head(list); slot !== NONE; slot = this.older(slot)) yield slot;
  }

  #growSlots(slot: number): void {
    const capacity = Math.max(2 * this.#newer.length, slot + 1);
    this.#newer = grown(this.#newer, new Int32Array(capacity));
    this.#older = grown(this.#older, new Int32Array(capacity));
  }

  #growLists(list: number): void {
    const capacity = Math.max(2 * this.#heads.length, list + 1);
    this.#heads = grown(this.#heads, new Int32Array(capacity));
    this.#tails = grown(this.#tails, new Int32Array(capacity));
    this.#lengths = grown(this.#lengths, new Int32Array(capacity));
  }
}
