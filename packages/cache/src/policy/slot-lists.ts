import { grown } from './slot-table.js';

/*
 * Doubly linked lists through slots: every slot is in at most one list. What belongs to a slot stands together, its
 * two neighbours, its list and a number of the owner's: 16 bytes, so that a move touches few lines of the processor's
 * cache. Slots and lists are stored plus one, so that fresh zeros mean "none".
 */

const NONE = -1;
const FIRST_CAPACITY = 64;
const STRIDE = 4;
const NEWER = 0;
const OLDER = 1;
const LIST = 2;
const NOTE = 3;

/** Lists of slots, numbered from 0. The head is the newest end, the tail the oldest. */
export class SlotLists {
  #slots: Int32Array = new Int32Array(STRIDE * FIRST_CAPACITY);
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
    return this.#get(slot, NEWER) - 1;
  }

  /** The next older neighbour, or -1. */
  older(slot: number): number {
    return this.#get(slot, OLDER) - 1;
  }

  /** The list that a slot is in, or -1. */
  listOf(slot: number): number {
    return this.#get(slot, LIST) - 1;
  }

  /** A 32-bit number that the owner has noted for a slot, whether it is in a list or not; 0 at first. */
  note(slot: number): number {
    return this.#get(slot, NOTE);
  }

  setNote(slot: number, note: number): void {
    if (slot * STRIDE >= this.#slots.length) this.#growSlots(slot);
    this.#slots[slot * STRIDE + NOTE] = note;
  }

  /** Puts a slot that is in no list at the newest end. */
  push(list: number, slot: number): void {
    if (slot * STRIDE >= this.#slots.length) this.#growSlots(slot);
    if (list >= this.#heads.length) this.#growLists(list);
    const head = this.#heads[list] ?? 0;
    const slots = this.#slots;
    slots[slot * STRIDE + NEWER] = 0;
    slots[slot * STRIDE + OLDER] = head;
    slots[slot * STRIDE + LIST] = list + 1;
    if (head === 0) this.#tails[list] = slot + 1;
    else slots[(head - 1) * STRIDE + NEWER] = slot + 1;
    this.#heads[list] = slot + 1;
    this.#lengths[list] = (this.#lengths[list] ?? 0) + 1;
  }

  /** Takes a slot out of the list that it is in. */
  unlink(slot: number): void {
    const slots = this.#slots;
    const list = this.listOf(slot);
    const newer = this.#get(slot, NEWER);
    const older = this.#get(slot, OLDER);
    if (newer === 0) this.#heads[list] = older;
    else slots[(newer - 1) * STRIDE + OLDER] = older;
    if (older === 0) this.#tails[list] = newer;
    else slots[(older - 1) * STRIDE + NEWER] = newer;
    slots[slot * STRIDE + LIST] = 0;
    this.#lengths[list] = (this.#lengths[list] ?? 0) - 1;
  }

  /** Makes a slot the newest of its list. */
  renew(slot: number): void {
    const list = this.listOf(slot);
    if (this.#heads[list] === slot + 1) return;
    this.unlink(slot);
    this.push(list, slot);
  }

  /** The slots of a list, the newest first; the list must not change meanwhile. */
  *slots(list: number): Generator<number> {
    for (let slot = this.head(list); slot !== NONE; slot = this.older(slot)) yield slot;
  }

  #get(slot: number, field: number): number {
    return this.#slots[slot * STRIDE + field] ?? 0;
  }

  #growSlots(slot: number): void {
    const capacity = Math.max(2 * this.#slots.length, STRIDE * (slot + 1));
    this.#slots = grown(this.#slots, new Int32Array(capacity));
  }

  #growLists(list: number): void {
    const capacity = Math.max(2 * this.#heads.length, list + 1);
    this.#heads = grown(this.#heads, new Int32Array(capacity));
    this.#tails = grown(this.#tails, new Int32Array(capacity));
    this.#lengths = grown(this.#lengths, new Int32Array(capacity));
  }
}
