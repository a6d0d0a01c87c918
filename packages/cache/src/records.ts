import { textOf } from './key/cache-key.js';
import { grown, SlotTable } from './policy/slot-table.js';

const NO_TAGS: readonly string[] = Object.freeze([]);

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

/**
 * What is written of an entry. The fields are set one by one and the same one serves again and again: at a few hundred
 * nanoseconds a `set`, garbage is a good part of what it costs.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it is written field by field
export class Writing<V> {
  id = '';
  hash = 0;
  label = '';
  value: V | undefined = undefined;
  valueBytes = 0;
  bytes = 0;
  cost = 0;
  tags: readonly string[] = NO_TAGS;
  createdAt = 0;
  expiresAt = 0;
}

/** An entry at a moment: its slot may later belong to another, or to another value under the same key. */
export interface EntryRef {
  readonly slot: number;
  readonly generation: number;
}

const FIRST_CAPACITY = 64;
/** The cost is not known, what stands there is only assumed. */
const COST_ASSUMED = 1;
const INCOMPRESSIBLE = 2;

/** What is kept of each entry. Labels and tags take room only once an entry has one of its own. */
export class Records<V> extends SlotTable {
  /** The ids; `undefined` where the slot is free. */
  readonly ids: (string | undefined)[] = [];
  readonly kept: (V | Packed | undefined)[] = [];
  #flags: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #generation: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #labels: (string | undefined)[] | undefined;
  #tags: (readonly string[] | undefined)[] | undefined;
  #knownCosts = 0;
  #sumOfCosts = 0;

  /** Writes all of an entry into a slot that is in use, and forgets what stood there. */
  write(slot: number, writing: Writing<V>): void {
    const { id, label, tags, createdAt } = writing;
    this.ids[slot] = id;
    this.kept[slot] = writing.value;
    this.setFacts(
      slot,
      writing.hash,
      writing.bytes,
      this.#cost(slot, writing.cost),
      createdAt,
      writing.expiresAt,
    );
    this.setValue(slot, writing.valueBytes, createdAt);
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

  /** Whether any entry ever had a tag. */
  get hasTags(): boolean {
    return this.#tags !== undefined;
  }

  /** The cost as it was given: 0 if it is not known. */
  givenCost(slot: number): number {
    return ((this.#flags[slot] ?? 0) & COST_ASSUMED) === 0 ? this.cost(slot) : 0;
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
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
    this.#generation = grown(this.#generation, new Uint32Array(capacity));
  }

  /** The cost of an entry for its policy: an unknown one is taken to be the mean of those that are known. */
  #cost(slot: number, given: number): number {
    this.#flags[slot] = given > 0 ? 0 : COST_ASSUMED;
    if (given <= 0) return this.#knownCosts === 0 ? 1 : this.#sumOfCosts / this.#knownCosts;
    this.#knownCosts += 1;
    this.#sumOfCosts += given;
    return given;
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
