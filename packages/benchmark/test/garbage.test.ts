import { describe, expect, it } from 'vitest';
import { garbageOf } from '../src/garbage.js';
import { Sampler } from '../src/sampler.js';

/** Ten samples of 10 ms, one after the other, each followed by 10 ms of nothing: 0..10, 20..30, ... */
function tenSamples(): Sampler {
  let now = 0;
  const clock = { now: () => now };
  const sampler = new Sampler(
    { name: 'x', run: () => (now += 10) },
    {},
    { clock, readMs: 0, resolutionMs: 0 },
  );
  for (let i = 0; i < 10; i++) {
    void sampler.take();
    now += 10;
  }
  return sampler;
}

describe('garbageOf', () => {
  it('counts pauses inside samples and leaves out those between them', () => {
    const pauses = [
      { startedAt: 2, durationMs: 1 },
      { startedAt: 4, durationMs: 2 },
      { startedAt: 12, durationMs: 5 },
      { startedAt: 45, durationMs: 1 },
    ];
    expect(garbageOf(tenSamples(), pauses)).toEqual({ count: 3, timeMs: 4, share: 0.2 });
  });

  it('cuts a pause to the sample it reaches into', () => {
    expect(garbageOf(tenSamples(), [{ startedAt: 15, durationMs: 8 }])).toEqual({
      count: 1,
      timeMs: 3,
      share: 0.1,
    });
    expect(garbageOf(tenSamples(), [{ startedAt: 8, durationMs: 4 }])).toEqual({
      count: 1,
      timeMs: 2,
      share: 0.1,
    });
  });

  it('counts a pause of no length', () => {
    expect(garbageOf(tenSamples(), [{ startedAt: 25, durationMs: 0 }])).toMatchObject({
      count: 1,
      share: 0.1,
    });
  });

  it('is nothing without samples or without pauses', () => {
    const sampler = tenSamples();
    expect(garbageOf(sampler, [])).toEqual({ count: 0, timeMs: 0, share: 0 });
    sampler.reset();
    expect(garbageOf(sampler, [{ startedAt: 1, durationMs: 1 }])).toEqual({ count: 0, timeMs: 0, share: 0 });
  });
});
