import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotTable } from '../../src/policy/slot-table.js';

describe('the table of slots', () => {
  it('gives out the slots from 0 on', () => {
    const table = new SlotTable();
    expect(Array.from({ length: 200 }, () => table.take())).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('gives out the slot that became free last', () => {
    const table = new SlotTable();
    for (let i = 0; i < 4; i++) table.take();
    table.release(1);
    table.release(0);
    table.release(3);
    expect([table.take(), table.take(), table.take(), table.take()]).toEqual([3, 0, 1, 4]);
  });

  it('never gives out a slot that is in use, and needs no more of them than were in use at once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 400, size: 'max' }), (steps) => {
        const table = new SlotTable();
        const inUse: number[] = [];
        let most = 0;
        for (const step of steps) {
          if (step < 18) {
            const slot = table.take();
            expect(inUse).not.toContain(slot);
            inUse.push(slot);
          } else {
            const [slot] = inUse.splice(step % Math.max(1, inUse.length), 1);
            if (slot !== undefined) table.release(slot);
          }
          most = Math.max(most, inUse.length);
          expect(`${String(table.count)} ${String(table.used)}`).toBe(
            `${String(inUse.length)} ${String(most)}`,
          );
        }
        expect(table.capacity).toBeLessThanOrEqual(Math.max(64, 2 * most));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps what its records say when it grows, which is when the next slot needs it', () => {
    const table = new SlotTable();
    for (let i = 0; i < 64; i++) {
      const slot = table.take();
      table.setFacts(slot, -i, i + 0.5, i + 1.5, i + 2.5, Infinity);
      table.setValue(slot, i + 3.5, i + 4.5);
    }
    expect(table.capacity).toBe(64);
    table.take();
    expect(table.capacity).toBe(128);
    expect([table.hash(63), table.bytes(63), table.cost(63), table.createdAt(63)]).toEqual([
      -63, 63.5, 64.5, 65.5,
    ]);
    expect([table.expiresAt(63), table.valueBytes(63), table.lastAccessAt(63)]).toEqual([
      Infinity,
      66.5,
      67.5,
    ]);
  });
});
