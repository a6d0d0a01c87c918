import { describe, expect, it } from 'vitest';
import { PerformanceBenchmark } from '../src/index.js';
import { systemMemory } from '../src/memory/system-probe.js';

const MB = 2 ** 20;
const module = new URL('./fixtures/tasks.mjs', import.meta.url);
const bench = new PerformanceBenchmark();

/** What V8 and the allocator add on top of an operation in a process of its own. */
const SLACK = 12 * MB;

describe('profileMemory in a process of its own', () => {
  it('finds the peak of a synchronous operation, buffers that are dropped again included', async () => {
    const profile = await bench.profileMemory({ module, export: 'buffers', args: 128 }, { runs: 3 });
    expect(profile.peakBytes).toBeGreaterThan(0.97 * 128 * MB);
    expect(profile.peakBytes).toBeLessThan(128 * MB + SLACK);
    expect(profile).toMatchObject({ kind: 'memory', name: 'buffers', isolated: true, runs: 3 });
    expect(profile.heldBytes).toBeLessThan(MB);
    expect(profile.peaks).toHaveLength(3);
  });

  it('finds it by sampling as well, while the operation holds its thread', async () => {
    const profile = await bench.profileMemory(
      { module, export: 'buffers', args: 256 },
      { runs: 3, method: 'sampled' },
    );
    expect(profile.method).toBe('sampled');
    expect(profile.warnings).toEqual([]);
    expect(profile.peakBytes).toBeGreaterThan(0.9 * 256 * MB);
    expect(profile.peakBytes).toBeLessThan(256 * MB + SLACK);
    // The operation never lets the event loop turn: these looks can only be those of another thread.
    expect(
      profile.timeline.filter(({ rssBytes }) => rssBytes - profile.startBytes > 32 * MB).length,
    ).toBeGreaterThan(3);
  });

  it('suspects a leak, tells its size, and suspects none where nothing is kept', async () => {
    const leaking = await bench.profileMemory({ module, export: 'leak', args: 800_000 });
    expect(leaking.leakSuspected).toBe(true);
    expect(leaking.growthPerRun).toBeGreaterThan(0.85 * 800_000);
    expect(leaking.growthPerRun).toBeLessThan(1.2 * 800_000);
    expect(leaking.heldBytes).toBeGreaterThan(6 * 800_000);
    const clean = await bench.profileMemory({ module, export: 'buffers', args: 8 });
    expect(clean.leakSuspected).toBe(false);
  });
});

describe('the memory of this process', () => {
  it('has a collector that frees what nobody holds', () => {
    const before = systemMemory.read();
    let ballast: unknown = Array.from({ length: 200_000 }, (_, i) => ({ i }));
    const held = systemMemory.read();
    expect(ballast).toHaveLength(200_000);
    ballast = undefined;
    systemMemory.collect?.();
    expect(held.heapUsedBytes - systemMemory.read().heapUsedBytes).toBeGreaterThan(4 * MB);
    expect(before.heapTotalBytes).toBeGreaterThanOrEqual(before.heapUsedBytes);
  });

  it('is seen by a watching thread while this one is busy', async () => {
    const clock = { now: () => performance.now() };
    const watch = await systemMemory.watch({ intervalMs: 1, clock });
    expect(watch.threaded).toBe(true);
    watch.mark();
    const began = clock.now();
    // Busy, without a turn of the event loop, until the thread has looked since the mark.
    while (watch.peak() === undefined && clock.now() - began < 10_000);
    expect(watch.peak()).toBeGreaterThan(10 * MB);
    const samples = await watch.close();
    expect(samples.length).toBeGreaterThan(0);
    const times = samples.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // Both threads' times are on the same line.
    expect(times.some((at) => at >= began && at <= clock.now())).toBe(true);
  });
});
