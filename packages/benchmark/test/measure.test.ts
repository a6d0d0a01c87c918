import { describe, expect, it } from 'vitest';
import { PerformanceBenchmark } from '../src/index.js';
import { FakeMachine } from './fake-machine.js';

function setUp(): { machine: FakeMachine; bench: PerformanceBenchmark } {
  const machine = new FakeMachine();
  return { machine, bench: new PerformanceBenchmark(machine.options()) };
}

describe('measure', () => {
  it('describes the distribution of single calls where they are long enough', async () => {
    const { machine, bench } = setUp();
    let calls = 0;
    const result = await bench.measure(
      'mostly 1 ms',
      () => {
        calls += 1;
        machine.spend(calls % 100 === 0 ? 9 : calls % 10 === 0 ? 3 : 1);
      },
      { budget: '20s' },
    );
    expect(result).toMatchObject({ kind: 'measurement', name: 'mostly 1 ms', batch: 1, asynchronous: false });
    const { min, p50, p95, p99, max, mean, mad } = result.time;
    expect([min, p50, p95, max].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([1, 1, 3, 9]);
    expect(p99).toBeGreaterThanOrEqual(3);
    expect(mean).toBeCloseTo(1.26, 1);
    expect(mad).toBeCloseTo(0, 6);
    expect(result.interval[0]).toBeCloseTo(1, 6);
    expect(result.interval[1]).toBeCloseTo(1, 6);
    expect(result.calls).toBe(result.samples);
  });

  it('batches calls that are too short for the clock, and takes the cost of reading it off', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure(
      '5 ns',
      () => {
        machine.spend(0.000005);
      },
      { budget: 100 },
    );
    expect(result.batch).toBeGreaterThanOrEqual(1999);
    expect(result.time.p50).toBeCloseTo(0.000005, 10);
    expect(result.calls).toBe(result.samples * result.batch);
  });

  it('turns the median into rates', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure(
      'half a ms',
      () => {
        machine.spend(0.5);
      },
      { bytes: 1024, rows: 7 },
    );
    expect(result.opsPerSecond).toBeCloseTo(2000, 3);
    expect(result.bytesPerSecond).toBeCloseTo(2_048_000, 0);
    expect(result.rowsPerSecond).toBeCloseTo(14_000, 1);
  });

  it('leaves out what was not asked for or cannot be known', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure('plain', () => {
      machine.spend(1);
      machine.collect(0.1);
    });
    expect(result).not.toHaveProperty('bytesPerSecond');
    expect(result).not.toHaveProperty('rowsPerSecond');
    expect(result).not.toHaveProperty('loopDelayMs');
    expect(result).not.toHaveProperty('allocatedBytes');
  });

  it('counts collections in the samples only', async () => {
    const { machine, bench } = setUp();
    let calls = 0;
    const result = await bench.measure('wasteful', () => {
      machine.spend(1);
      if (++calls % 4 === 0) machine.collect(0.5);
    });
    expect(result.gc.share).toBeCloseTo(0.25, 2);
    expect(result.gc.timeMs / result.gc.count).toBeCloseTo(0.5, 6);
    expect(result.warnings.map(({ code }) => code)).toContain('garbage-collection');
  });

  it('counts the bytes a call allocates, without those of setup', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure(
      'allocating',
      () => {
        machine.heapBytes += 4096;
        machine.spend(0.001);
      },
      {
        setup: () => {
          machine.heapBytes += 1e6;
        },
      },
    );
    expect(result.allocatedBytes).toBe(4096);
  });

  it('shortens the windows until one of them is free of collections', async () => {
    const { machine, bench } = setUp();
    let calls = 0;
    const result = await bench.measure(
      'collected every 50 calls',
      () => {
        machine.heapBytes += 100;
        machine.spend(0.0001);
        if (++calls % 50 === 0) {
          machine.collect(0.0001);
          machine.heapBytes = 0;
        }
      },
      { budget: 50 },
    );
    expect(result.batch).toBeGreaterThan(50);
    expect(result.allocatedBytes).toBe(100);
  });

  it('reads CPU time per call', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure('two threads', () => {
      machine.spend(1);
      machine.cpu = { userMs: machine.cpu.userMs + 1.5, systemMs: machine.cpu.systemMs + 0.25 };
    });
    expect(result.cpuMs.user).toBeCloseTo(1.5, 9);
    expect(result.cpuMs.system).toBeCloseTo(0.25, 9);
  });

  it('watches the event loop of asynchronous functions, and ends the watch even when they fail', async () => {
    const { machine, bench } = setUp();
    machine.loopDelay = { p50: 1, p99: 2, max: 3 };
    let fail = false;
    const later = async (): Promise<void> => {
      await Promise.resolve();
      if (fail && machine.loopWatches > 0) throw new Error('late');
      machine.spend(1);
    };
    const result = await bench.measure('later', later);
    expect(result).toMatchObject({ asynchronous: true, loopDelayMs: { p50: 1, p99: 2, max: 3 } });
    fail = true;
    await expect(bench.measure('failing', later)).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_THREW' });
    expect(machine.loopWatches).toBe(0);
    expect(machine.gcWatches).toBe(0);
  });

  it('keeps to its budget and lets the event loop turn all along', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure(
      'short',
      () => {
        machine.spend(0.01);
      },
      { budget: 500 },
    );
    expect(result.elapsedMs).toBeGreaterThan(440);
    expect(result.elapsedMs).toBeLessThan(510);
    expect(machine.turns).toBeGreaterThan(15);
  });

  it('gives at least one sample where one call outlasts the budget', async () => {
    const { machine, bench } = setUp();
    const result = await bench.measure(
      'slow',
      () => {
        machine.spend(1000);
      },
      { budget: 1 },
    );
    expect(result.samples).toBe(1);
    expect(result.time.p99).toBeCloseTo(1000, 6);
    expect(result.interval).toEqual([0, Infinity]);
  });

  it('draws the course of the run', async () => {
    const { machine, bench } = setUp();
    const { course, warnings } = await bench.measure('tiring', () => {
      machine.spend(1 + machine.now / 1000);
    });
    expect(course).toHaveLength(24);
    expect(course).toEqual([...course].sort((a, b) => a - b));
    expect(warnings.map(({ code }) => code)).toContain('drift');
  });

  it('has one short stretch of samples to draw when there is no more', async () => {
    const { machine, bench } = setUp();
    const { course } = await bench.measure('slow', () => {
      machine.spend(300);
    });
    expect(course.length).toBeGreaterThan(0);
    expect(course.every(Number.isFinite)).toBe(true);
  });
});
