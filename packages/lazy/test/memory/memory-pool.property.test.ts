import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger, MemoryPool, type PooledBuffer } from '../../src/index.js';
import { sizeClass, SMALLEST } from '../../src/memory/size-class.js';
import { settle } from '../fixtures/deferred.js';
import { HandMemory } from '../fixtures/hand-memory.js';
import { HandClock, HandTimers } from '../fixtures/time.js';

describe('a size class', () => {
  it('serves every size with at most a quarter more, is one of itself, and never falls', () => {
    const size = fc.oneof(
      fc.nat(100_000),
      fc.nat(2 ** 31 - 1),
      fc.integer({ min: 1, max: 44 }).map((power) => 2 ** power),
      fc.integer({ min: 13, max: 44 }).map((power) => 2 ** power - 1),
      fc.integer({ min: 13, max: 44 }).map((power) => 2 ** power + 1),
    );
    fc.assert(
      fc.property(size, (bytes) => {
        const served = sizeClass(bytes);
        expect(served).toBeGreaterThanOrEqual(bytes);
        expect(served).toBeLessThanOrEqual(Math.max(SMALLEST, Math.ceil(1.25 * bytes)));
        expect(sizeClass(served)).toBe(served);
        expect(sizeClass(bytes + 1)).toBeGreaterThanOrEqual(served);
      }),
      { numRuns: 1000 },
    );
  });

  it('comes in four steps to each doubling', () => {
    const sizes = new Set(Array.from({ length: 4 * 4096 }, (_, i) => sizeClass(i + 1)));
    expect([...sizes]).toEqual([4096, 5120, 6144, 7168, 8192, 10_240, 12_288, 14_336, 16_384]);
  });
});

describe('a pool, in whatever order things happen', () => {
  it('keeps its bound and its books, and never lends the same memory twice', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('acquire' as const), bytes: fc.nat(40_000) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat() }) },
      fc.record({ do: fc.constant('wait' as const), bytes: fc.nat(40_000) }),
      fc.record({ do: fc.constant('adopt' as const), bytes: fc.constantFrom(4096, 5120, 5000, 65_536) }),
      fc.record({ do: fc.constant('move' as const), which: fc.nat() }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.nat(60_000) }),
      fc.record({ do: fc.constant('press' as const), critical: fc.boolean() }),
      fc.record({ do: fc.constant('trim' as const), keep: fc.nat(50_000) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4096, max: 100_000 }),
        fc.array(step, { maxLength: 50 }),
        async (maxBytes, steps) => {
          const [clock, timers, memory, ledger] = [
            new HandClock(),
            new HandTimers(),
            new HandMemory(),
            new Ledger(),
          ];
          const pool = new MemoryPool({ maxBytes, clock, timers, memory, ledger });
          const leases: { lease: PooledBuffer; mark: number }[] = [];
          let mark = 0;
          const lent = (lease: PooledBuffer): void => {
            mark = (mark + 1) % 251;
            lease.bytes.fill(mark);
            leases.push({ lease, mark });
          };
          const waiting: Promise<void>[] = [];
          for (const current of steps) {
            if (current.do === 'acquire') {
              try {
                lent(pool.acquire(current.bytes));
              } catch (error) {
                expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_POOL_EXHAUSTED' });
              }
            } else if (current.do === 'wait') {
              waiting.push(pool.acquireAsync(current.bytes).then(lent, () => undefined));
            } else if (current.do === 'adopt') {
              pool.adopt(new ArrayBuffer(current.bytes));
            } else if (current.do === 'pass') {
              clock.time += current.ms;
              timers.fire();
            } else if (current.do === 'press') {
              memory.become(current.critical ? 'critical' : 'moderate');
            } else if (current.do === 'trim') {
              pool.trim(current.keep);
              expect(pool.stats().idleBytes).toBeLessThanOrEqual(current.keep);
            } else if (leases.length > 0) {
              const [ended] = leases.splice(current.which % leases.length, 1);
              if (current.do === 'move' && ended !== undefined) {
                structuredClone(ended.lease.buffer, { transfer: [ended.lease.buffer] });
              }
              ended?.lease.release();
            }
            await settle();
            const { leased, leasedBytes, idle, idleBytes, peakBytes } = pool.stats();
            expect(leased).toBe(leases.length);
            expect(leasedBytes + idleBytes).toBeLessThanOrEqual(maxBytes);
            expect(peakBytes).toBeLessThanOrEqual(maxBytes);
            expect(ledger.bytes).toBe(leasedBytes + idleBytes);
            expect(leasedBytes).toBe(leases.reduce((sum, { lease }) => sum + sizeClass(lease.byteLength), 0));
            expect([timers.running.size, memory.listeners.size]).toEqual(idle > 0 ? [1, 1] : [0, 0]);
            expect(new Set(leases.map(({ lease }) => lease.buffer)).size).toBe(leases.length);
            for (const { lease, mark: written } of leases) {
              expect(lease.bytes.every((byte) => byte === written)).toBe(true);
            }
          }
          pool.close();
          for (const { lease } of leases) lease.release();
          await Promise.all(waiting);
          expect([ledger.bytes, ledger.entries(), timers.running.size]).toEqual([0, [], 0]);
        },
      ),
    );
  });
});
