import { CostQueues } from './cost-queues.js';
import { type EntryFacts, type Limits } from './entry-facts.js';
import { type FrequencySketch } from './frequency-sketch.js';
import { type Mode } from './mode.js';
import { SlotLists } from './slot-lists.js';

/*
 * One set of entries that can be kept in several ways, and goes over from one to another without stopping. Newcomers
 * come into a window kept by recency. What the window has no room for goes into the main space, in two lists by recency
 * (probation, and protected for what was used again: W-TinyLFU, see Einziger, Eytan, Friedman, Manes, "Adaptive Software
 * Cache Management", Middleware 2018) or in queues by value (GDSF, see cost-queues.ts); there it has to be worth more
 * than the next victim. If all is window this is LRU, if nothing is and nobody is turned away it is GDSF.
 *
 * Going over to another mode moves nothing at once: an entry moves when it is used, and some with each that is added.
 */

const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;
const QUEUES = 3;
const NONE = -1;
/** The part of the main space that is for entries which were used again. */
const PROTECTED_SHARE = 0.8;
/** So many entries at most move at once for the sake of order. */
const MOVES = 8;

export class Segments {
  readonly #facts: EntryFacts;
  readonly #sketch: FrequencySketch;
  /** The number noted for a slot is when it was last used, as a count of uses that may wrap around. */
  readonly #lists = new SlotLists(QUEUES);
  readonly #queues = new CostQueues();
  /** Bytes of the three lists. */
  readonly #listBytes = new Float64Array(QUEUES);
  #uses = 0;
  #mode: Mode;
  #limits: Limits;
  #count = 0;
  #bytes = 0;
  /** The entry that came into the main space last and has to prove itself against the next victim. */
  #candidate = NONE;

  constructor(facts: EntryFacts, sketch: FrequencySketch, mode: Mode, limits: Limits) {
    this.#facts = facts;
    this.#sketch = sketch;
    this.#mode = mode;
    this.#limits = limits;
  }

  get mode(): Mode {
    return this.#mode;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  switchTo(mode: Mode): void {
    this.#mode = mode;
    this.#candidate = NONE;
  }

  resize(limits: Limits): void {
    this.#limits = limits;
  }

  add(slot: number): void {
    this.#count += 1;
    this.#bytes += this.#size(slot);
    this.#touch(slot);
    this.#candidate = NONE;
    this.#settle();
    const { window } = this.#mode;
    if (window === 0) {
      this.#enqueue(slot);
    } else if (window < 1 && this.#size(slot) > window * this.#limits.maxBytes) {
      // It would push everything else out of the window.
      this.#enterMain(slot);
    } else {
      this.#link(WINDOW, slot);
      if (window < 1) this.#drainWindow(slot);
    }
  }

  use(slot: number): void {
    this.#touch(slot);
    const home = this.#home(slot);
    const goal = this.#goal(home);
    if (home !== goal) {
      if (slot === this.#candidate) this.#candidate = NONE;
      this.#unlink(slot);
      if (goal === QUEUES) this.#enqueue(slot);
      else this.#link(goal, slot);
    } else if (goal === QUEUES) {
      this.#queues.renew(slot, this.#value(slot));
    } else {
      this.#lists.renew(slot);
    }
    if (goal === PROTECTED) this.#demote();
  }

  /** An entry takes another number of bytes, or has another cost, than before. */
  update(slot: number, bytesBefore: number): void {
    const difference = this.#size(slot) - bytesBefore;
    const home = this.#home(slot);
    this.#bytes += difference;
    if (home === QUEUES) this.#queues.renew(slot, this.#value(slot));
    else this.#listBytes[home] = (this.#listBytes[home] ?? 0) + difference;
  }

  remove(slot: number): void {
    if (slot === this.#candidate) this.#candidate = NONE;
    this.#unlink(slot);
    this.#count -= 1;
    this.#bytes -= this.#size(slot);
  }

  /** The entry to give up next, or -1 when there is none. */
  victim(): number {
    const victim = this.#mode.window >= 1 ? this.#oldest() : this.#leastOfMain();
    const candidate = this.#candidate;
    if (candidate !== NONE && candidate !== victim && this.#value(candidate) <= this.#value(victim))
      return candidate;
    if (victim !== NONE && this.#home(victim) === QUEUES) this.#queues.age(victim);
    return victim;
  }

  /** All slots, roughly the most valued first. */
  *slots(): Generator<number> {
    const order = this.#mode.window >= 1 ? [WINDOW, PROTECTED, PROBATION] : [PROTECTED, WINDOW, PROBATION];
    for (const list of order) yield* this.#lists.slots(list);
    yield* this.#queues.slots();
  }

  /** Where an entry belongs after a use. */
  #goal(home: number): number {
    const { window, main } = this.#mode;
    if (window >= 1 || (home === WINDOW && window > 0)) return WINDOW;
    return main === 'value' ? QUEUES : PROTECTED;
  }

  /** What keeping the entry is worth for its bytes; where the number of entries is the tighter limit, all count alike. */
  #value(slot: number): number {
    const { maxEntries, maxBytes } = this.#limits;
    const byBytes = maxEntries === Infinity || this.#bytes * maxEntries > this.#count * maxBytes;
    const size = byBytes ? this.#size(slot) : this.#bytes / this.#count;
    const frequency = Math.max(1, this.#sketch.estimate(this.#facts.hash(slot)));
    return (frequency * this.#facts.cost(slot)) / Math.max(1, size);
  }

  /** The least recently used of all. Entries still in the queues of another mode go first. */
  #oldest(): number {
    if (this.#queues.size > 0) return this.#queues.least();
    let oldest = NONE;
    for (let list = WINDOW; list <= PROTECTED; list++) {
      const slot = this.#lists.tail(list);
      if (slot !== NONE && (oldest === NONE || this.#isOlder(slot, oldest))) oldest = slot;
    }
    return oldest;
  }

  #isOlder(slot: number, other: number): boolean {
    return ((this.#lists.note(slot) - this.#lists.note(other)) | 0) < 0;
  }

  #leastOfMain(): number {
    if (this.#queues.size > 0) return this.#queues.least();
    const probation = this.#lists.tail(PROBATION);
    if (probation !== NONE) return probation;
    const kept = this.#lists.tail(PROTECTED);
    return kept === NONE ? this.#lists.tail(WINDOW) : kept;
  }

  #enterMain(slot: number): void {
    if (this.#mode.main === 'value') this.#enqueue(slot);
    else this.#link(PROBATION, slot);
    this.#candidate = slot;
  }

  /** Moves what the window has no room for into the main space; the last of it is the candidate. */
  #drainWindow(newcomer: number): void {
    const { window } = this.#mode;
    const maxEntries = Math.max(1, window * this.#limits.maxEntries);
    const maxBytes = window * this.#limits.maxBytes;
    for (let moves = 0; moves < MOVES; moves++) {
      if (this.#lists.length(WINDOW) <= maxEntries && (this.#listBytes[WINDOW] ?? 0) <= maxBytes) return;
      const slot = this.#lists.tail(WINDOW);
      if (slot === newcomer) return;
      this.#unlink(slot);
      this.#enterMain(slot);
    }
  }

  /** Moves what the protected list has no room for back to probation. */
  #demote(): void {
    const share = PROTECTED_SHARE * (1 - this.#mode.window);
    const maxEntries = Math.max(1, share * this.#limits.maxEntries);
    for (let moves = 0; moves < MOVES; moves++) {
      const fits = (this.#listBytes[PROTECTED] ?? 0) <= share * this.#limits.maxBytes;
      if (fits && this.#lists.length(PROTECTED) <= maxEntries) return;
      const slot = this.#lists.tail(PROTECTED);
      this.#unlink(slot);
      this.#link(PROBATION, slot);
    }
  }

  /** Moves some entries to where the mode wants them, those first that are the next to go. */
  #settle(): void {
    if (this.#mode.main === 'value') this.#settleIntoQueues();
    else this.#settleIntoLists();
  }

  #settleIntoQueues(): void {
    for (let moves = 0; moves < MOVES; moves++) {
      let slot = this.#lists.tail(PROBATION);
      if (slot === NONE) slot = this.#lists.tail(PROTECTED);
      if (slot === NONE && this.#mode.window === 0) slot = this.#lists.tail(WINDOW);
      if (slot === NONE) return;
      this.#unlink(slot);
      this.#enqueue(slot);
    }
  }

  #settleIntoLists(): void {
    for (let moves = 0; moves < MOVES && this.#queues.size > 0; moves++) {
      const slot = this.#queues.least();
      this.#unlink(slot);
      this.#link(PROBATION, slot);
    }
  }

  #enqueue(slot: number): void {
    this.#queues.add(slot, this.#value(slot));
  }

  #link(list: number, slot: number): void {
    this.#lists.push(list, slot);
    this.#listBytes[list] = (this.#listBytes[list] ?? 0) + this.#size(slot);
  }

  #unlink(slot: number): void {
    const home = this.#home(slot);
    if (home === QUEUES) {
      this.#queues.remove(slot);
      return;
    }
    this.#lists.unlink(slot);
    this.#listBytes[home] = (this.#listBytes[home] ?? 0) - this.#size(slot);
  }

  /** The list that an entry is in, or that it is in the queues. */
  #home(slot: number): number {
    const list = this.#lists.listOf(slot);
    return list === NONE ? QUEUES : list;
  }

  #size(slot: number): number {
    return this.#facts.bytes(slot);
  }

  #touch(slot: number): void {
    this.#uses = (this.#uses + 1) | 0;
    this.#lists.setNote(slot, this.#uses);
  }
}
