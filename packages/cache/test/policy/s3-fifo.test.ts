import { describe, expect, it } from 'vitest';
import { S3FifoPolicy } from '../../src/policy/s3-fifo.js';
import { Facts } from './facts.js';

/** The policy, and what a cache of so many entries would do about it. */
class Queues {
  readonly facts = new Facts();
  readonly policy = new S3FifoPolicy();
  readonly #limits: { maxEntries: number; maxBytes: number };

  constructor(maxEntries: number) {
    this.#limits = { maxEntries, maxBytes: Infinity };
    this.policy.attach(this.facts, this.#limits);
  }

  /** Adds an entry; returns the hashes of those that had to go. */
  add(hash: number): number[] {
    const slot = this.facts.put({ hash });
    this.policy.add(slot);
    return this.facts.count > this.#limits.maxEntries ? [this.evict(slot)] : [];
  }

  evict(newcomer = -1): number {
    const victim = this.policy.victim(newcomer);
    const hash = this.facts.hash(victim);
    this.policy.remove(victim, true);
    this.facts.release(victim);
    return hash;
  }

  use(hash: number, times = 1): void {
    const slot = [...this.policy.slots()].find((each) => this.facts.hash(each) === hash) ?? -1;
    for (let i = 0; i < times; i++) this.policy.use(slot);
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('the three queues', () => {
  it('let go first what got in first and was not used more than once', () => {
    const queues = new Queues(20);
    for (const hash of range(0, 20)) queues.add(hash);
    queues.use(0, 2);
    queues.use(1);
    expect([queues.add(20), queues.add(21)]).toEqual([[1], [2]]);
  });

  it('keep what was used in the small queue from a flood of what is asked for once', () => {
    const queues = new Queues(20);
    for (const hash of range(0, 20)) queues.add(hash);
    for (const hash of range(0, 10)) queues.use(hash, 2);
    const victims = range(100, 600).flatMap((hash) => queues.add(hash));
    expect(victims).not.toEqual(expect.arrayContaining([expect.toSatisfy((hash: number) => hash < 10)]));
    expect(victims.slice(0, 10)).toEqual(range(10, 20));
  });

  it('take what comes back soon after it was let go straight into the main queue', () => {
    const queues = new Queues(20);
    for (const hash of range(0, 22)) queues.add(hash);
    queues.add(0);
    const victims = range(100, 150).flatMap((hash) => queues.add(hash));
    expect(victims).not.toContain(0);
  });

  it('do not remember what comes back late', () => {
    const queues = new Queues(20);
    for (const hash of range(0, 60)) queues.add(hash);
    queues.add(0);
    const victims = range(100, 150).flatMap((hash) => queues.add(hash));
    expect(victims).toContain(0);
  });

  it('look at no more than 64 entries of the main queue for a victim', () => {
    const queues = new Queues(100);
    for (const hash of range(0, 100)) queues.add(hash);
    for (const hash of range(0, 100)) queues.use(hash, 2);
    // All but the share of the small queue go over into the main queue, and the oldest of them goes.
    expect(queues.add(100)).toEqual([0]);
    for (const hash of range(1, 91)) queues.use(hash, 3);
    expect(queues.evict()).toBe(65);
  });
});
