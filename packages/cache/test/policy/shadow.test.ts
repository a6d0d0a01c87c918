import { describe, expect, it } from 'vitest';
import { type Limits } from '../../src/policy/entry-facts.js';
import { FrequencySketch } from '../../src/policy/frequency-sketch.js';
import { GDSF, LRU, type Mode } from '../../src/policy/mode.js';
import { Shadow } from '../../src/policy/shadow.js';
import { Facts } from './facts.js';

function shadowOf(limits: Partial<Limits>, mode: Mode = LRU): { shadow: Shadow; facts: Facts } {
  const given = { maxEntries: Infinity, maxBytes: Infinity, ...limits };
  return { shadow: new Shadow(mode, new FrequencySketch(), given), facts: new Facts() };
}

describe('a shadow', () => {
  it('would have had what it saw before', () => {
    const { shadow, facts } = shadowOf({ maxEntries: 2 });
    const entry = facts.put();
    expect([shadow.add(facts, entry), shadow.use(facts, entry), shadow.add(facts, entry)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('takes in what it did not have, when it is used too', () => {
    const { shadow, facts } = shadowOf({ maxEntries: 2 });
    const entry = facts.put();
    expect([shadow.use(facts, entry), shadow.use(facts, entry)]).toEqual([false, true]);
  });

  it('keeps its own limit of entries', () => {
    const { shadow, facts } = shadowOf({ maxEntries: 2 });
    const [a, b, c] = [facts.put(), facts.put(), facts.put()];
    for (const entry of [a, b]) shadow.add(facts, entry);
    shadow.use(facts, a);
    shadow.add(facts, c);
    expect([a, c].map((entry) => shadow.use(facts, entry))).toEqual([true, true]);
    expect(shadow.use(facts, b)).toBe(false);
  });

  it('keeps its own limit of bytes', () => {
    const { shadow, facts } = shadowOf({ maxBytes: 100 });
    const [a, b] = [facts.put({ bytes: 60 }), facts.put({ bytes: 50 })];
    shadow.add(facts, a);
    shadow.add(facts, b);
    expect([shadow.use(facts, b), shadow.use(facts, a)]).toEqual([true, false]);
  });

  it('keeps by its own mode', () => {
    const { shadow, facts } = shadowOf({ maxBytes: 100 }, GDSF);
    const dear = facts.put({ bytes: 50, cost: 1000 });
    shadow.add(facts, dear);
    for (let i = 0; i < 10; i++) shadow.add(facts, facts.put({ bytes: 50 }));
    expect(shadow.use(facts, dear)).toBe(true);
  });

  it('never has what is larger than its limit, and gives nothing up for it', () => {
    const { shadow, facts } = shadowOf({ maxBytes: 100 });
    const [small, large] = [facts.put({ bytes: 100 }), facts.put({ bytes: 101 })];
    shadow.add(facts, small);
    expect([shadow.add(facts, large), shadow.add(facts, large), shadow.use(facts, small)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('would not have had what had expired by the time that it was made anew', () => {
    const { shadow, facts } = shadowOf({ maxEntries: 2 });
    const entry = facts.put({ createdAt: 0, expiresAt: 10 });
    shadow.add(facts, entry);
    facts.change(entry, { createdAt: 9, expiresAt: 19 });
    expect(shadow.add(facts, entry)).toBe(true);
    facts.change(entry, { createdAt: 19, expiresAt: 29 });
    expect(shadow.add(facts, entry)).toBe(false);
    facts.change(entry, { createdAt: 28, expiresAt: 38 });
    expect(shadow.add(facts, entry)).toBe(true);
  });

  it('does not have what was removed', () => {
    const { shadow, facts } = shadowOf({ maxEntries: 2 });
    const [a, b] = [facts.put({ hash: 7 }), facts.put({ hash: 8 })];
    for (const entry of [a, b]) shadow.add(facts, entry);
    shadow.remove(7);
    shadow.remove(9);
    expect([shadow.add(facts, a), shadow.add(facts, b)]).toEqual([false, true]);
  });

  it('forgets what is not in the sample any more', () => {
    const { shadow, facts } = shadowOf({});
    const entries = Array.from({ length: 100 }, () => facts.put());
    for (const entry of entries) shadow.add(facts, entry);
    shadow.keep((hash) => hash % 4 === 0);
    expect(entries.map((entry) => shadow.use(facts, entry))).toEqual(entries.map((_, i) => i % 4 === 0));
  });

  it('gives up at once what is too much for new limits', () => {
    const { shadow, facts } = shadowOf({ maxEntries: 100 });
    const entries = Array.from({ length: 100 }, () => facts.put());
    for (const entry of entries) shadow.add(facts, entry);
    shadow.resize({ maxEntries: 12.5, maxBytes: 11 });
    const kept = entries.toReversed().filter((entry) => shadow.use(facts, entry));
    expect(kept).toHaveLength(11);
  });

  it('knows the size, the cost and the end that an entry has now', () => {
    const { shadow, facts } = shadowOf({ maxBytes: 100 });
    const [a, b] = [facts.put({ bytes: 10, expiresAt: 10 }), facts.put({ bytes: 10 })];
    for (const entry of [a, b]) shadow.add(facts, entry);
    facts.change(a, { bytes: 95, createdAt: 9, expiresAt: 20 });
    shadow.update(facts, a);
    expect([shadow.use(facts, a), shadow.use(facts, b)]).toEqual([true, false]);
    const { shadow: other } = shadowOf({ maxBytes: 100 });
    facts.change(a, { bytes: 10, createdAt: 0, expiresAt: 10 });
    other.add(facts, a);
    facts.change(a, { createdAt: 9, expiresAt: 20 });
    other.update(facts, a);
    facts.change(a, { createdAt: 15, expiresAt: 30 });
    expect(other.add(facts, a)).toBe(true);
  });

  it('comes to an end with entries of any cost', () => {
    const { shadow, facts } = shadowOf({ maxBytes: 100 }, GDSF);
    for (let i = 0; i < 100; i++) shadow.add(facts, facts.put({ bytes: 30, cost: Number.MAX_VALUE }));
    const entry = facts.put({ bytes: 100, cost: Number.MAX_VALUE });
    shadow.add(facts, entry);
    expect(shadow.use(facts, entry)).toBe(true);
  });
});
