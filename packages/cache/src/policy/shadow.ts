import { type EntryFacts, type Limits } from './entry-facts.js';
import { type FrequencySketch } from './frequency-sketch.js';
import { type Mode } from './mode.js';
import { Segments } from './segments.js';
import { SlotTable } from './slot-table.js';

/**
 * What another mode would keep: a cache without values over a sample of the keys, with the same sample's share of the
 * limits ("mini-simulation": Waldspurger, Saemundsson, Ahmad, Park, "Cache Modeling and Optimization using Miniature
 * Simulations", USENIX ATC 2017).
 */
export class Shadow {
  readonly #table = new SlotTable();
  readonly #index = new Map<number, number>();
  readonly #segments: Segments;
  #limits: Limits;

  constructor(mode: Mode, sketch: FrequencySketch, limits: Limits) {
    this.#segments = new Segments(this.#table, sketch, mode, limits);
    this.#limits = limits;
  }

  resize(limits: Limits): void {
    this.#limits = limits;
    this.#segments.resize(limits);
    this.#makeRoom();
  }

  /** The entry was served from the real cache; returns whether this one would have had it. */
  use(facts: EntryFacts, real: number): boolean {
    const slot = this.#index.get(facts.hash(real));
    if (slot === undefined) {
      this.#add(facts, real);
      return false;
    }
    this.#segments.use(slot);
    this.#makeRoom();
    return true;
  }

  /** The entry has other facts than before; room for it is made when it is used. */
  update(facts: EntryFacts, real: number): void {
    const slot = this.#index.get(facts.hash(real));
    if (slot !== undefined) this.#renew(facts, real, slot);
  }

  /** The entry got into the real cache, because it was asked for in vain; returns whether this one would have had it. */
  add(facts: EntryFacts, real: number): boolean {
    const slot = this.#index.get(facts.hash(real));
    if (slot === undefined) {
      this.#add(facts, real);
      return false;
    }
    const present = facts.createdAt(real) < this.#table.expiresAt(slot);
    this.#renew(facts, real, slot);
    this.#segments.use(slot);
    this.#makeRoom();
    return present;
  }

  /** The entry is gone for a reason that would have met this cache too. */
  remove(hash: number): void {
    const slot = this.#index.get(hash);
    if (slot !== undefined) this.#evict(slot);
  }

  /** Forgets the keys that are no longer in the sample. */
  keep(sampled: (hash: number) => boolean): void {
    for (const [hash, slot] of this.#index) if (!sampled(hash)) this.#evict(slot);
  }

  #add(facts: EntryFacts, real: number): void {
    if (facts.bytes(real) > this.#limits.maxBytes) return;
    const slot = this.#table.take();
    this.#table.copyFacts(slot, facts, real);
    this.#index.set(this.#table.hash(slot), slot);
    this.#segments.add(slot);
    this.#makeRoom();
  }

  #renew(facts: EntryFacts, real: number, slot: number): void {
    const before = this.#table.bytes(slot);
    this.#table.copyFacts(slot, facts, real);
    this.#segments.update(slot, before);
  }

  #makeRoom(): void {
    const { maxEntries, maxBytes } = this.#limits;
    while (this.#segments.count > maxEntries || this.#segments.bytes > maxBytes) {
      this.#evict(this.#segments.victim());
    }
  }

  #evict(slot: number): void {
    this.#index.delete(this.#table.hash(slot));
    this.#segments.remove(slot);
    this.#table.release(slot);
  }
}
