import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_MODES, WINDOW_MODES } from '../../src/policy/adaptive.js';
import { type Limits } from '../../src/policy/entry-facts.js';
import { GDSF, LRU, windowGdsf, windowTinyLfu } from '../../src/policy/mode.js';
import { Kept } from './kept.js';

const MODES = [...ALL_MODES, ...WINDOW_MODES, windowGdsf(0.5), windowTinyLfu(0.99)];

const limits: fc.Arbitrary<Limits> = fc.record({
  maxEntries: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 100 })),
  maxBytes: fc.constantFrom(1, 100, 1000, 10_000, Infinity),
});
const fact = fc.record({
  hash: fc.nat({ max: 200 }),
  bytes: fc.constantFrom(0, 1, 10, 100, 900, 5000),
  cost: fc.constantFrom(1e-300, 0.1, 1, 1000, Number.MAX_VALUE),
});
const pick = fc.nat({ max: 1000 });
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('add' as const), fact }) },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('use' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('update' as const), pick, fact }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('switch' as const), mode: fc.constantFrom(...MODES) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), limits }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
);

describe('segments', () => {
  it('lose nobody and have nobody twice, whatever happens and whichever mode they switch to', () => {
    const steps = fc.array(step, { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(fc.constantFrom(...MODES), limits, steps, (mode, given, drawn) => {
        const kept = new Kept(mode, given);
        for (const each of drawn) {
          const slots = [...kept.live];
          const picked = 'pick' in each ? slots[each.pick % Math.max(1, slots.length)] : undefined;
          if (each.do === 'add' && each.fact.bytes <= kept.limits.maxBytes) kept.add(each.fact);
          else if (each.do === 'switch') kept.segments.switchTo(each.mode);
          else if (each.do === 'resize') kept.resize(each.limits);
          else if (each.do === 'evict' && slots.length > 0) kept.evict();
          else if (picked !== undefined) {
            if (each.do === 'use') kept.use(picked);
            else if (each.do === 'remove') kept.remove(picked);
            else if (each.do === 'update')
              kept.update(picked, { bytes: each.fact.bytes, cost: each.fact.cost });
          }
          kept.check();
        }
        kept.evictAll();
        kept.check();
        expect(kept.segments.victim()).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  it('are in the mode they were switched to', () => {
    const kept = new Kept(LRU, { maxEntries: 5, maxBytes: Infinity });
    kept.segments.switchTo(GDSF);
    expect(kept.segments.mode).toBe(GDSF);
  });

  it('are LRU where all is window', () => {
    const steps = fc.array(fc.record({ use: fc.boolean(), pick }), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (maxEntries, drawn) => {
        const kept = new Kept(LRU, { maxEntries, maxBytes: Infinity });
        let model: number[] = [];
        for (const { use, pick: picked } of drawn) {
          const slot = model[picked % Math.max(1, model.length)];
          if (use && slot !== undefined) {
            kept.use(slot);
            model = [slot, ...model.filter((other) => other !== slot)];
          } else {
            const added = kept.add({ hash: picked });
            expect(added.victims).toEqual(model.splice(maxEntries - 1));
            model.unshift(added.slot);
          }
          expect([...kept.segments.slots()]).toEqual(model);
        }
      }),
      { numRuns: 40 },
    );
  });
});
