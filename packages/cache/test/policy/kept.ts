import { expect } from 'vitest';
import { type Limits } from '../../src/policy/entry-facts.js';
import { FrequencySketch } from '../../src/policy/frequency-sketch.js';
import { type Mode } from '../../src/policy/mode.js';
import { Segments } from '../../src/policy/segments.js';
import { Facts, type Fact } from './facts.js';

/** Segments and the entries in them, with what a cache would do about them. */
export class Kept {
  readonly facts = new Facts();
  readonly sketch = new FrequencySketch();
  readonly live = new Set<number>();
  readonly segments: Segments;
  limits: Limits;

  constructor(mode: Mode, limits: Limits) {
    this.limits = limits;
    this.segments = new Segments(this.facts, this.sketch, mode, limits);
  }

  get bytes(): number {
    return [...this.live].reduce((sum, slot) => sum + this.facts.bytes(slot), 0);
  }

  /** Adds an entry, and makes room for it; returns its slot and those of the victims. */
  add(fact: Fact = {}): { slot: number; victims: number[] } {
    const slot = this.facts.put(fact);
    this.sketch.increment(this.facts.hash(slot));
    this.live.add(slot);
    this.sketch.ensure(this.live.size);
    this.segments.add(slot);
    return { slot, victims: this.makeRoom() };
  }

  use(slot: number, times = 1): void {
    for (let i = 0; i < times; i++) {
      this.sketch.increment(this.facts.hash(slot));
      this.segments.use(slot);
    }
  }

  update(slot: number, fact: Fact): number[] {
    const before = this.facts.bytes(slot);
    this.facts.change(slot, fact);
    this.segments.update(slot, before);
    return this.makeRoom();
  }

  remove(slot: number): void {
    this.live.delete(slot);
    this.segments.remove(slot);
    this.facts.release(slot);
  }

  resize(limits: Limits): number[] {
    this.limits = limits;
    this.segments.resize(limits);
    return this.makeRoom();
  }

  evict(): number {
    const victim = this.segments.victim();
    if (!this.live.has(victim)) throw new Error(`the victim ${String(victim)} is not there`);
    this.remove(victim);
    return victim;
  }

  evictAll(): number[] {
    const victims: number[] = [];
    while (this.live.size > 0) victims.push(this.evict());
    return victims;
  }

  makeRoom(): number[] {
    const victims: number[] = [];
    while (this.live.size > this.limits.maxEntries || this.bytes > this.limits.maxBytes)
      victims.push(this.evict());
    return victims;
  }

  /** Throws unless the segments know each entry once, and how many they are. */
  check(): void {
    const sorted = (slots: Iterable<number>): string => [...slots].sort((a, b) => a - b).join();
    expect(sorted(this.segments.slots())).toBe(sorted(this.live));
    expect([this.segments.count, this.segments.bytes]).toEqual([this.live.size, this.bytes]);
  }
}
