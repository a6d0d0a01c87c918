import { Contest } from './contest.js';
import { type EntryFacts, type Limits } from './entry-facts.js';
import { FrequencySketch } from './frequency-sketch.js';
import { type EvictionPolicy } from './policy.js';
import { GDSF, LRU, windowGdsf, windowTinyLfu, type Mode } from './mode.js';
import { Segments } from './segments.js';
import { Shadow } from './shadow.js';

/*
 * A policy that finds out what suits the requests. Each mode runs beside the cache as a shadow, on a sample of the keys
 * and without values; the cache follows the one that would have saved the most.
 */

/** The modes of `'adaptive'`, that which it starts with first. */
export const ALL_MODES: readonly Mode[] = [windowTinyLfu(0.01), windowGdsf(0.01), windowGdsf(0.2), LRU, GDSF];
/** The modes of `'tinylfu'`: windows of every size. */
export const WINDOW_MODES: readonly Mode[] = [
  windowTinyLfu(0.01),
  windowTinyLfu(0.2),
  windowTinyLfu(0.6),
  LRU,
];

/** The sample is thinned out where a shadow would hold as many entries as this, and thickened again below a quarter. */
const SHADOW_ENTRIES = 512;
/** From all keys to one of so many: what a cache of a thousand entries gains by it is worth more than the rest. */
const FIRST_RATE = 4;
/** The sample is chosen by 16 bits. */
const MOST_RARE = 1 << 16;
/** A period of the contest lasts as many accesses for each entry of a shadow. */
const PERIOD = 8;

export class AdaptivePolicy implements EvictionPolicy {
  readonly name: string;
  readonly #modes: readonly Mode[];
  readonly #sketch = new FrequencySketch();
  readonly #contest: Contest;
  #facts: EntryFacts | undefined;
  #segments: Segments | undefined;
  #shadows: readonly Shadow[] = [];
  #limits: Limits = { maxEntries: Infinity, maxBytes: Infinity };
  /** One of so many keys is in the sample, a power of two. */
  #rate = 1;
  #count = 0;
  #leader = 0;

  constructor(name: string, modes: readonly Mode[]) {
    this.name = name;
    this.#modes = modes;
    this.#contest = new Contest(modes.length);
  }

  get inCharge(): string {
    return this.#modes[this.#leader]?.name ?? this.name;
  }

  attach(entries: EntryFacts, limits: Limits): void {
    const [first] = this.#modes;
    if (first === undefined) return;
    this.#facts = entries;
    this.#limits = limits;
    this.#segments = new Segments(entries, this.#sketch, first, limits);
    if (this.#modes.length > 1) {
      this.#shadows = this.#modes.map((mode) => new Shadow(mode, this.#sketch, limits));
    }
  }

  resize(limits: Limits): void {
    this.#limits = limits;
    this.#segments?.resize(limits);
    this.#share();
  }

  add(slot: number): void {
    const facts = this.#facts;
    if (facts === undefined) return;
    const hash = facts.hash(slot);
    this.#count += 1;
    this.#sketch.ensure(this.#count);
    this.#sketch.increment(hash);
    if (this.#sampled(hash)) this.#observe(facts, slot, true);
    this.#segments?.add(slot);
    if (this.#count >= SHADOW_ENTRIES * this.#rate)
      this.#sample(this.#rate === 1 ? FIRST_RATE : 2 * this.#rate);
    else if (this.#rate > 1 && this.#count < (SHADOW_ENTRIES / 4) * this.#rate) this.#sample(this.#rate / 2);
  }

  use(slot: number): void {
    const facts = this.#facts;
    if (facts === undefined) return;
    const hash = facts.hash(slot);
    this.#sketch.increment(hash);
    this.#segments?.use(slot);
    if (this.#sampled(hash)) this.#observe(facts, slot, false);
  }

  update(slot: number, bytesBefore: number): void {
    this.#segments?.update(slot, bytesBefore);
    const facts = this.#facts;
    if (facts === undefined || !this.#sampled(facts.hash(slot))) return;
    for (const shadow of this.#shadows) shadow.update(facts, slot);
  }

  remove(slot: number, evicted: boolean): void {
    this.#count -= 1;
    this.#segments?.remove(slot);
    if (evicted || this.#shadows.length === 0) return;
    const hash = this.#facts?.hash(slot) ?? 0;
    if (this.#sampled(hash)) for (const shadow of this.#shadows) shadow.remove(hash);
  }

  victim(): number {
    return this.#segments?.victim() ?? -1;
  }

  slots(): Iterable<number> {
    return this.#segments?.slots() ?? [];
  }

  /** The low bits of a hash choose a block of the sketch, the high ones the sample. */
  #sampled(hash: number): boolean {
    return this.#shadows.length > 0 && ((hash >>> 16) & (this.#rate - 1)) === 0;
  }

  #observe(facts: EntryFacts, slot: number, added: boolean): void {
    let present = 0;
    for (let i = 0; i < this.#shadows.length; i++) {
      const shadow = this.#shadows[i];
      if ((added ? shadow?.add(facts, slot) : shadow?.use(facts, slot)) === true) present |= 1 << i;
    }
    this.#contest.period = (PERIOD * this.#count) / this.#rate;
    this.#contest.record(facts.cost(slot), present);
    const leader = this.#contest.leader(this.#leader);
    if (leader === this.#leader) return;
    this.#leader = leader;
    const mode = this.#modes[leader];
    if (mode !== undefined) this.#segments?.switchTo(mode);
  }

  /** Takes one of so many keys into the sample from now on. */
  #sample(rate: number): void {
    if (this.#shadows.length === 0 || rate > MOST_RARE) return;
    const rarer = rate > this.#rate;
    this.#rate = rate;
    if (rarer) for (const shadow of this.#shadows) shadow.keep((hash) => this.#sampled(hash));
    this.#share();
  }

  /** Gives the shadows the sample's share of the limits. */
  #share(): void {
    const { maxEntries, maxBytes } = this.#limits;
    const limits = { maxEntries: Math.max(1, maxEntries / this.#rate), maxBytes: maxBytes / this.#rate };
    for (const shadow of this.#shadows) shadow.resize(limits);
  }
}
