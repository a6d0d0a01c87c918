import { textOf } from './key/cache-key.js';
import { grown, SlotTable } from './policy/slot-table.js';

/** The compressed form of a value, in place of it. */
export class Packed {
  readonly parts: Uint8Array[];
  readonly bytes: number;
  /** How often it was restored. */
  restored = 0;

  constructor(parts: Uint8Array[], bytes: number) {
    this.parts = parts;
    this.bytes = bytes;
  }
}

/** What is written of an entry. */
export interface Writing<V> {
  readonly id: string;
  readonly hash: number;
  readonly label: string;
  readonly value: V;
  readonly valueBytes: number;
  readonly bytes: number;
  readonly cost: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** An entry at a moment: its slot may later belong to another, or to another value under the same key. */
export interface EntryRef {
  readonly slot: number;
  readonly generation: number;
}

const NO_TAGS: readonly string[] = Object.freeze([]);
const FIRST_CAPACITY = 64;
/** The cost is not known, what stands there is only assumed. */
const COST_ASSUMED = 1;
const INCOMPRESSIBLE = 2;

/** What is kept of each entry, in columns. Labels and tags take room only once an entry has one of its own. */
export class Records<V> extends SlotTable {
  /** The ids; `undefined` where the slot is free. */
  readonly ids: (string | undefined)[] = [];
  readonly kept: (V | Packed | undefined)[] = [];
  /** Bytes of the value as it was given. */
  valueBytes: Float64Array = new Float64Array(FIRST_CAPACITY);
  lastAccessAt: Float64Array = new Float64Array(FIRST_CAPACITY);
  hits: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #flags: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #generation: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #labels: (string | undefined)[] | undefined;
  #tags: (readonly string[] | undefined)[] | undefined;
  #knownCosts = 0;
  #sumOfCosts = 0;

  /** Writes all of an entry into a slot that is in use, and forgets what stood there. */
  write(
    slot: number,
    { id, hash, label, value, valueBytes, bytes, cost, tags, createdAt, expiresAt }: Writing<V>,
  ): void {
    this.ids[slot] = id;
    this.kept[slot] = value;
    this.hash[slot] = hash;
    this.valueBytes[slot] = valueBytes;
    this.bytes[slot] = bytes;
    this.#writeCost(slot, cost);
    this.createdAt[slot] = createdAt;
    this.lastAccessAt[slot] = createdAt;
    this.expiresAt[slot] = expiresAt;
    this.hits[slot] = 0;
    this.#generation[slot] = (this.#generation[slot] ?? 0) + 1;
    const isOwnLabel = label !== textOf(id);
    if (this.#labels !== undefined || isOwnLabel) this.#writeLabel(slot, isOwnLabel ? label : undefined);
    if (this.#tags !== undefined || tags.length > 0) this.#writeTags(slot, tags);
  }

  override release(slot: number): void {
    super.release(slot);
    this.ids[slot] = undefined;
    this.kept[slot] = undefined;
    this.#generation[slot] = (this.#generation[slot] ?? 0) + 1;
    if (this.#labels !== undefined) this.#labels[slot] = undefined;
    if (this.#tags !== undefined) this.#tags[slot] = undefined;
  }

  isTaken(slot: number): boolean {
    return this.ids[slot] !== undefined;
  }

  /** All slots that are in use. */
  taken(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.used; slot++) if (this.isTaken(slot)) slots.push(slot);
    return slots;
  }

  /** Any slot that is in use, or -1. */
  anyTaken(): number {
    return this.ids.findIndex((id) => id !== undefined);
  }

  id(slot: number): string {
    return this.ids[slot] ?? '';
  }

  label(slot: number): string {
    return this.#labels?.[slot] ?? textOf(this.id(slot));
  }

  tags(slot: number): readonly string[] {
    return this.#tags?.[slot] ?? NO_TAGS;
  }

  /** The cost as it was given: 0 if it is not known. */
  givenCost(slot: number): number {
    return ((this.#flags[slot] ?? 0) & COST_ASSUMED) === 0 ? (this.cost[slot] ?? 0) : 0;
  }

  /** Whether compressing the value was tried in vain. */
  isIncompressible(slot: number): boolean {
    return ((this.#flags[slot] ?? 0) & INCOMPRESSIBLE) !== 0;
  }

  setIncompressible(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) | INCOMPRESSIBLE;
  }

  ref(slot: number): EntryRef {
    return { slot, generation: this.#generation[slot] ?? 0 };
  }

  holds({ slot, generation }: EntryRef): boolean {
    return this.#generation[slot] === generation;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.valueBytes = grown(this.valueBytes, new Float64Array(capacity));
    this.lastAccessAt = grown(this.lastAccessAt, new Float64Array(capacity));
    this.hits = grown(this.hits, new Uint32Array(capacity));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
    this.#generation = grown(this.#generation, new Uint32Array(capacity));
  }

  /** An unknown cost is taken to be the mean of those that are known. */
  #writeCost(slot: number, cost: number): void {
    if (cost > 0) {
      this.#knownCosts += 1;
      this.#sumOfCosts += cost;
      this.#flags[slot] = 0;
      this.cost[slot] = cost;
    } else {
      this.#flags[slot] = COST_ASSUMED;
      this.cost[slot] = this.#knownCosts === 0 ? 1 : this.#sumOfCosts / this.#knownCosts;
    }
  }

  #writeLabel(slot: number, label: string | undefined): void {
    this.#labels ??= Array.from({ length: this.used }, () => undefined);
    this.#labels[slot] = label;
  }

  #writeTags(slot: number, tags: readonly string[]): void {
    this.#tags ??= Array.from({ length: this.used }, () => undefined);
    this.#tags[slot] = tags.length === 0 ? undefined : tags;
  }
}
