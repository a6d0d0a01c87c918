import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ghost } from '../../src/policy/ghost.js';

const hash = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 400 }));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), hash }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take' as const), hash }) },
);

describe('the ghosts', () => {
  it('are exactly the last so many that were added and did not come back', () => {
    const capacities = fc.constantFrom(0, 1, 3, 63, 64, 65, 100, 200);
    fc.assert(
      fc.property(capacities, fc.array(step, { maxLength: 600, size: 'max' }), (capacity, steps) => {
        const ghost = new Ghost();
        /** Everything that was ever added; what came back is blanked. */
        let model: (number | undefined)[] = [];
        for (const { do: what, hash: each } of steps) {
          if (what === 'add') {
            ghost.add(each, capacity);
            model.push(each);
          } else {
            const isRemembered = model.includes(each) && model.length - model.lastIndexOf(each) <= capacity;
            model = model.map((other) => (other === each ? undefined : other));
            expect(ghost.take(each, capacity)).toBe(isRemembered);
          }
        }
      }),
    );
  });

  it('keep what they remember while their number grows', () => {
    const ghost = new Ghost();
    for (let each = 0; each < 1000; each++) ghost.add(each, each + 1);
    expect(Array.from({ length: 1000 }, (_, each) => ghost.take(each, 1000))).toEqual(
      Array.from({ length: 1000 }, () => true),
    );
  });

  it('come back once, however often they were added', () => {
    const ghost = new Ghost();
    for (let i = 0; i < 3; i++) ghost.add(7, 10);
    expect([ghost.take(7, 10), ghost.take(7, 10)]).toEqual([true, false]);
  });

  it('are forgotten when they come too late', () => {
    const ghost = new Ghost();
    for (const each of [1, 2, 3]) ghost.add(each, 2);
    expect([ghost.take(1, 2), ghost.take(1, 100)]).toEqual([false, false]);
    expect(ghost.take(2, 2)).toBe(true);
  });

  it('are never more than twice as many as are to be remembered', () => {
    const ghost = new Ghost();
    for (let each = 0; each < 10_000; each++) ghost.add(each, 100);
    const remembered = Array.from({ length: 10_000 }, (_, each) => ghost.take(each, Infinity)).filter(
      Boolean,
    );
    expect(remembered.length).toBeLessThanOrEqual(200);
  });
});
