import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatMemory,
  PerformanceBenchmark,
  type MemoryProbe,
  type MemorySample,
  type MemoryUsage,
} from '../src/index.js';
import { SharedWatch } from '../src/memory/shared-watch.js';
import { timelineOf } from '../src/memory/timeline.js';
import { trendOf } from '../src/memory/trend.js';
import { FakeMachine } from './fake-machine.js';

const MB = 2 ** 20;

/** A process whose memory is what the test says. */
class FakeMemory implements MemoryProbe {
  rss = 50 * MB;
  heapUsed = 10 * MB;
  heapTotal = 12 * MB;
  external = MB;
  /** What a collection frees. */
  garbage = 0;
  highest = 0;
  marks = 0;
  open = 0;
  samples: MemorySample[] = [];
  seen = true;
  collect: (() => void) | undefined = () => {
    this.heapUsed -= this.garbage;
    this.rss -= this.garbage;
    this.garbage = 0;
  };
  highWater: MemoryProbe['highWater'] = {
    reset: () => {
      this.highest = this.rss;
    },
    read: () => this.highest,
  };

  read(): MemoryUsage {
    return {
      rssBytes: this.rss,
      heapUsedBytes: this.heapUsed,
      heapTotalBytes: this.heapTotal,
      externalBytes: this.external,
    };
  }

  watch(): ReturnType<MemoryProbe['watch']> {
    this.open += 1;
    return Promise.resolve({
      threaded: true,
      mark: () => {
        this.marks += 1;
        this.highest = this.rss;
      },
      peak: () => (this.seen ? this.highest : undefined),
      close: () => {
        this.open -= 1;
        return Promise.resolve(this.samples);
      },
    });
  }

  /** Takes so much and gives it back, all within one call. */
  swell(bytes: number): void {
    this.highest = Math.max(this.highest, this.rss + bytes);
  }

  /** Takes so much for good. */
  keep(bytes: number): void {
    this.heapUsed += bytes;
    this.rss += bytes;
    this.swell(0);
  }
}

function setUp(): { memory: FakeMemory; machine: FakeMachine; bench: PerformanceBenchmark } {
  const memory = new FakeMemory();
  const machine = new FakeMachine();
  return { memory, machine, bench: new PerformanceBenchmark({ ...machine.options(), memory }) };
}

describe('profileMemory', () => {
  it('reports the peak above the start that the kernel saw, and nothing held', async () => {
    const { memory, machine, bench } = setUp();
    const parse = (): void => {
      memory.swell(100 * MB);
      machine.spend(20);
    };
    const profile = await bench.profileMemory(parse, { runs: 3 });
    expect(profile).toMatchObject({
      name: 'parse',
      peakBytes: 100 * MB,
      peaks: [100 * MB, 100 * MB, 100 * MB],
      startBytes: 50 * MB,
      heldBytes: 0,
      growthPerRun: 0,
      leakSuspected: false,
      method: 'kernel',
      isolated: false,
      runs: 3,
      warnings: [],
    });
    expect(profile.durationMs).toBeCloseTo(20, 3);
  });

  it('collects the garbage of what ran before, so that it is not taken for the start', async () => {
    const { memory, bench } = setUp();
    memory.garbage = 30 * MB;
    memory.heapUsed += 30 * MB;
    memory.rss += 30 * MB;
    const profile = await bench.profileMemory(() => {
      memory.swell(10 * MB);
    });
    expect(profile.startBytes).toBe(50 * MB);
    expect(profile.peakBytes).toBe(10 * MB);
  });

  it('does not lose the growth that later runs take from what the first one left resident', async () => {
    const { memory, bench } = setUp();
    let calls = 0;
    const profile = await bench.profileMemory(
      () => {
        // The allocator keeps the pages of the first run; later ones grow nothing.
        if (calls++ === 0) memory.rss += 80 * MB;
        memory.swell(0);
      },
      { runs: 5 },
    );
    expect(profile.peaks).toEqual([80, 80, 80, 80, 80].map((mb) => mb * MB));
  });

  it('does not count what earlier runs hold for good into the peak of later ones', async () => {
    const { memory, bench } = setUp();
    const profile = await bench.profileMemory(
      () => {
        memory.keep(MB);
        memory.swell(10 * MB);
      },
      { runs: 6 },
    );
    expect(profile.peaks).toEqual([11, 11, 11, 11, 11, 11].map((mb) => mb * MB));
    expect(profile).toMatchObject({ heldBytes: 6 * MB, growthPerRun: MB, leakSuspected: true });
  });

  it('suspects no leak in what was loaded once, nor in growth of a few hundred bytes', async () => {
    const { memory, bench } = setUp();
    let calls = 0;
    const loading = await bench.profileMemory(() => {
      if (calls++ === 0) memory.keep(20 * MB);
    });
    expect(loading).toMatchObject({ heldBytes: 20 * MB, growthPerRun: 0, leakSuspected: false });
    const ticking = await bench.profileMemory(() => {
      memory.keep(200);
    });
    expect(ticking).toMatchObject({ growthPerRun: 200, leakSuspected: false });
  });

  it('never suspects a leak with fewer than five runs, or without a collector', async () => {
    const { memory, bench } = setUp();
    const leak = (): void => {
      memory.keep(MB);
    };
    expect((await bench.profileMemory(leak, { runs: 4 })).leakSuspected).toBe(false);
    memory.collect = undefined;
    const blind = await bench.profileMemory(leak);
    expect(blind.leakSuspected).toBe(false);
    expect(blind.warnings.map(({ code }) => code)).toEqual(['no-collector']);
  });

  it('samples where the kernel keeps no mark, and says when nobody looked', async () => {
    const { memory, bench } = setUp();
    memory.highWater = undefined;
    const swelling = (): void => {
      memory.swell(7 * MB);
    };
    const seen = await bench.profileMemory(swelling, { runs: 3 });
    expect(seen).toMatchObject({ method: 'sampled', peakBytes: 7 * MB, warnings: [] });
    memory.seen = false;
    const unseen = await bench.profileMemory(swelling, { runs: 3 });
    expect(unseen.peakBytes).toBe(0);
    expect(unseen.warnings.map(({ code }) => code)).toEqual(['unseen-peak']);
  });

  it('warns when much of the heap was free at the start', async () => {
    const { memory, bench } = setUp();
    memory.heapTotal = 60 * MB;
    const profile = await bench.profileMemory(() => {
      memory.swell(20 * MB);
    });
    expect(profile.warnings.map(({ code }) => code)).toEqual(['reused-memory']);
  });

  it('awaits asynchronous work, and surrounds each run with its hooks', async () => {
    const { memory, bench } = setUp();
    const log: string[] = [];
    await bench.profileMemory(
      async () => {
        log.push('begin');
        await Promise.resolve();
        memory.swell(MB);
        log.push('end');
      },
      { runs: 2, setup: () => log.push('setup'), teardown: () => log.push('teardown') },
    );
    expect(log.join(' ')).toBe('setup begin end teardown setup begin end teardown');
  });

  it('moves the timeline to the start of the first run', async () => {
    const { memory, machine, bench } = setUp();
    machine.readMs = 0;
    machine.now = 1000;
    memory.samples = [{ atMs: 1005, rssBytes: 60 * MB, heapUsedBytes: 5 }];
    const { timeline } = await bench.profileMemory(() => undefined);
    expect(timeline).toEqual([{ atMs: 5, rssBytes: 60 * MB, heapUsedBytes: 5 }]);
  });

  it('closes its watch whatever happens', async () => {
    const { memory, bench } = setUp();
    await expect(
      bench.profileMemory(() => {
        throw new Error('broken');
      }),
    ).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_THREW' });
    const controller = new AbortController();
    const stuck = bench.profileMemory(() => new Promise(() => undefined), { signal: controller.signal });
    setImmediate(() => {
      controller.abort('enough');
    });
    await expect(stuck).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_ABORTED', cause: 'enough' });
    await bench.profileMemory(() => undefined);
    expect(memory.open).toBe(0);
  });

  it('refuses what is no operation, bad options, and hooks for a task', async () => {
    const { bench } = setUp();
    const task = { module: import.meta.url, export: 'x' };
    // @ts-expect-error -- what a caller without types could pass
    await expect(bench.profileMemory(5)).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_CANDIDATES' });
    const bad = { code: 'ERR_PERF_BENCHMARK_OPTION' };
    await expect(bench.profileMemory(() => 1, { runs: 0 })).rejects.toMatchObject(bad);
    await expect(bench.profileMemory(() => 1, { interval: 0 })).rejects.toMatchObject(bad);
    await expect(bench.profileMemory(task, { setup: () => 1 })).rejects.toMatchObject(bad);
  });

  it('is drawn as a table', async () => {
    const { memory, bench } = setUp();
    const profile = await bench.profileMemory('parse', () => {
      memory.swell(100 * MB);
    });
    const [head, row] = formatMemory([profile]).split('\n');
    expect(head).toMatch(/^name +peak +held +growth\/run +leak +time +runs +by +over time$/);
    expect(row).toMatch(/^parse +100 MB +0 B +0 B +- .*8 +kernel$/);
  });
});

describe('the trend', () => {
  it('is the exact chance of an order at least as steady', () => {
    // 1 of 5! orders has no inversion, 1 + 4 have at most one.
    expect(trendOf([1, 2, 3, 4, 5]).chance).toBeCloseTo(1 / 120, 12);
    expect(trendOf([1, 2, 4, 3, 5]).chance).toBeCloseTo(5 / 120, 12);
    expect(trendOf([5, 4, 3, 2, 1]).chance).toBeCloseTo(1, 12);
    expect(trendOf([]).chance).toBe(1);
    expect(trendOf([7])).toEqual({ slope: 0, chance: 1 });
  });

  it('is not moved by one jump', () => {
    expect(trendOf([0, 0, 0, 900, 0, 0, 0]).slope).toBe(0);
    expect(trendOf([0, 10, 20, 930, 40, 50, 60]).slope).toBeCloseTo(10, 6);
  });

  it('calls constant values no trend', () => {
    expect(trendOf([3, 3, 3, 3, 3, 3]).chance).toBeGreaterThan(0.3);
  });
});

describe('the timeline', () => {
  it('keeps the highest sample however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 3000 }), (levels) => {
        const samples = levels.map((rssBytes, i) => ({ atMs: i, rssBytes }));
        const kept = timelineOf(samples, 0);
        expect(kept.length).toBeLessThanOrEqual(512);
        expect(Math.max(...kept.map(({ rssBytes }) => rssBytes))).toBe(Math.max(...levels));
        const times = kept.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });
});

describe('what the watching thread shares', () => {
  it('does not count what it read before a mark', () => {
    const watch = new SharedWatch();
    watch.look(
      () => 100,
      () => 1,
    );
    expect(watch.peak).toBe(100);
    watch.mark();
    expect(watch.peak).toBeUndefined();
    // A mark set while the figure is being read: the figure still belongs to what was before.
    watch.look(
      () => {
        watch.mark();
        return 90;
      },
      () => 2,
    );
    expect(watch.peak).toBeUndefined();
    watch.look(
      () => 50,
      () => 3,
    );
    expect(watch.peak).toBe(50);
  });

  it('has room for any number of looks and loses no peak', () => {
    const watch = new SharedWatch();
    for (let i = 0; i < 50_000; i++) {
      watch.look(
        () => (i === 33_333 ? 999 : i % 7),
        () => i,
      );
    }
    const samples = watch.samples();
    expect(samples.length).toBeGreaterThan(2000);
    expect(samples.length).toBeLessThanOrEqual(4096);
    expect(samples.filter(([, bytes]) => bytes === 999)).toEqual([[33_333, 999]]);
  });

  it('is one thing seen from both sides', () => {
    const here = new SharedWatch();
    const there = new SharedWatch(here.shared);
    here.mark();
    there.look(
      () => 5,
      () => 1,
    );
    expect(here.peak).toBe(5);
    here.stop();
    expect(there.stopped).toBe(true);
  });
});
