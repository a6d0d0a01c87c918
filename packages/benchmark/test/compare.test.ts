import { describe, expect, it, vi } from 'vitest';
import { PerformanceBenchmark, type CompareOptions } from '../src/index.js';
import { FakeMachine, noise } from './fake-machine.js';

function setUp(seed = 1): {
  machine: FakeMachine;
  bench: PerformanceBenchmark;
  spend: (ms: number) => () => void;
} {
  const machine = new FakeMachine();
  const spend = (ms: number) => (): void => {
    machine.spend(ms);
  };
  return { machine, bench: new PerformanceBenchmark(machine.options(seed)), spend };
}

describe('compare', () => {
  it('names the first key the base and judges each of the others against it', async () => {
    const { bench, spend } = setUp();
    const result = await bench.compare({
      old: spend(0.1),
      half: spend(0.05),
      equal: spend(0.1),
      slow: spend(0.3),
    });
    expect(result).toMatchObject({ kind: 'comparison', base: 'old', candidate: 'half', verdict: 'faster' });
    expect(result.ratio).toBeCloseTo(0.5, 6);
    expect(result.comparisons.map(({ candidate, verdict }) => [candidate, verdict])).toEqual([
      ['half', 'faster'],
      ['equal', 'same'],
      ['slow', 'slower'],
    ]);
    expect(result.contenders.map(({ name }) => name)).toEqual(['old', 'half', 'equal', 'slow']);
  });

  it('stops timing a candidate once it is decided, and goes on with the others', async () => {
    const { bench, machine, spend } = setUp();
    const factor = noise({ seed: 2, scatter: 0.05 });
    const unclear = (): void => {
      // Right on the edge of the margin.
      machine.spend(0.101 * factor());
    };
    const { comparisons } = await bench.compare(
      { base: spend(0.1), clear: spend(0.2), unclear },
      { budget: 400 },
    );
    expect(comparisons[0]?.verdict).toBe('slower');
    expect(comparisons[1]?.pairs).toBeGreaterThan(4 * (comparisons[0]?.pairs ?? Infinity));
  });

  it('runs both orders of a couple equally often', async () => {
    const { bench, machine } = setUp(7);
    const order: string[] = [];
    const factor = noise({ seed: 3, scatter: 0.1 });
    const logging = (name: string) => (): void => {
      order.push(name);
      machine.spend(factor());
    };
    await bench.compare({ a: logging('a'), b: logging('b') }, { batch: 1, budget: 400, margin: 0 });
    const rounds = Array.from(
      { length: order.length >> 1 },
      (_, i) => `${order[2 * i] ?? ''}${order[2 * i + 1] ?? ''}`,
    );
    // The first round is the probe; the warm-up has some tens.
    const measured = rounds.slice(-80);
    expect(measured.filter((round) => round === 'ab')).toHaveLength(40);
    const couples = Array.from(
      { length: 40 },
      (_, i) => `${measured[2 * i] ?? ''}${measured[2 * i + 1] ?? ''}`,
    );
    expect(new Set(couples)).toEqual(new Set(['abba', 'baab']));
  });

  it('repeats itself from its seed', async () => {
    const run = async (): Promise<unknown> => {
      const { bench, spend } = setUp(5);
      return bench.compare({ a: spend(0.1), b: spend(0.1003) });
    };
    expect(await run()).toEqual(await run());
  });

  it('keeps to its budget', async () => {
    const { bench, machine, spend } = setUp();
    await bench.compare({ a: spend(0.1), b: spend(0.1) }, { budget: 1 });
    const before = machine.now;
    // A ratio on the very edge of the margin is never decided.
    const result = await bench.compare({ a: spend(1), b: spend(1.01) }, { margin: 0.01, budget: 300 });
    expect(result.verdict).toBe('same');
    expect(machine.now - before).toBeLessThan(310);
  });

  it('gives an answer, and an honest one, where a single call outlasts the budget', async () => {
    const { bench, spend } = setUp();
    const result = await bench.compare({ a: spend(1000), b: spend(2000) }, { budget: '10ms' });
    expect(result).toMatchObject({ verdict: 'undecided', pairs: 2, interval: [0, Infinity] });
    expect(result.ratio).toBeCloseTo(2, 9);
    expect(result.moreMs).toBeGreaterThan(6000);
    expect(result.warnings.map(({ code }) => code)).toContain('cold');
  });

  it('never awaits a synchronous function, and every call of an asynchronous one', async () => {
    const { bench, machine } = setUp();
    let waiting = 0;
    let most = 0;
    const later = async (): Promise<void> => {
      most = Math.max(most, ++waiting);
      machine.spend(0.05);
      await Promise.resolve();
      waiting -= 1;
    };
    let turned = false;
    let torn = 0;
    const now = (): void => {
      if (turned) torn += 1;
      turned = false;
      machine.spend(0.001);
    };
    const mixed = await bench.compare({ later, now }, { budget: 100 });
    expect(mixed.contenders.map(({ asynchronous }) => asynchronous)).toEqual([true, false]);
    expect(most).toBe(1);
    expect(torn).toBe(0);
    expect(mixed.ratio).toBeCloseTo(0.02, 6);
  });

  it('accepts any thenable as a promise', async () => {
    const { bench, machine } = setUp();
    const thenable = (): PromiseLike<number> => ({
      then(done) {
        machine.spend(0.1);
        return Promise.resolve(1).then(done);
      },
    });
    const { contenders } = await bench.compare({ thenable, again: thenable }, { budget: 50 });
    expect(contenders[0]?.asynchronous).toBe(true);
    expect(contenders[0]?.time.p50).toBeCloseTo(0.1, 6);
  });
});

describe('setup and teardown', () => {
  it('surround every sample and are not timed', async () => {
    const { bench, machine } = setUp();
    const log: string[] = [];
    const { contenders } = await bench.compare(
      {
        a: () => {
          log.push('call');
          machine.spend(1);
        },
        b: () => {
          log.push('call');
          machine.spend(1);
        },
      },
      {
        budget: 300,
        batch: 1,
        setup: async () => {
          await Promise.resolve();
          log.push('setup');
          machine.spend(3);
        },
        teardown: () => {
          log.push('teardown');
          machine.spend(2);
        },
      },
    );
    expect(contenders[0]?.time.max).toBeCloseTo(1, 6);
    const triples = new Set(
      Array.from({ length: log.length / 3 }, (_, i) => log.slice(3 * i, 3 * i + 3).join(' ')),
    );
    expect([...triples]).toEqual(['setup call teardown']);
  });

  it('teardown runs even after a function that throws, and its own error does not hide the first', async () => {
    const { bench } = setUp();
    const teardown = vi.fn(() => {
      throw new Error('second');
    });
    const run = bench.compare({ a: () => 1, bad: () => Promise.reject(new Error('first')) }, { teardown });
    await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_THREW' });
    expect(teardown).toHaveBeenCalled();
  });
});

describe('equal', () => {
  const run = (a: unknown, b: unknown, equal: CompareOptions['equal']): Promise<unknown> => {
    const { bench, machine } = setUp();
    const giving = (value: unknown) => (): unknown => {
      machine.spend(1);
      return value;
    };
    return bench.compare(
      { base: giving(a), other: giving(b) },
      { budget: 50, ...(equal === undefined ? {} : { equal }) },
    );
  };

  it('refuses different outputs before anything is timed', async () => {
    await expect(run([1, 2], [1, 3], true)).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_UNEQUAL',
      message: "'other' must return what 'base' returns, an array; it returned an array",
    });
  });

  it.each([
    [
      [1, { a: new Map([[1, 2]]) }],
      [1, { a: new Map([[1, 2]]) }],
    ],
    [Number.NaN, Number.NaN],
    [Promise.resolve('x'), 'x'],
  ])('accepts outputs that are deeply equal, promised or not', async (a, b) => {
    await expect(run(a, b, true)).resolves.toMatchObject({ kind: 'comparison' });
  });

  it.each([
    [0, -0],
    [1, '1'],
    [undefined, null],
  ])('tells %s from %s', async (a, b) => {
    await expect(run(a, b, true)).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_UNEQUAL' });
  });

  it('takes a judge of its own, and a judge that throws for a no with a reason', async () => {
    await expect(run(1.0001, 1, (a, b) => Math.abs(Number(a) - Number(b)) < 0.01)).resolves.toBeDefined();
    const reason = new Error('row 3 differs');
    const judge = (): boolean => {
      throw reason;
    };
    await expect(run(1, 1, judge)).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_UNEQUAL',
      cause: reason,
    });
  });

  it('is not asked for by default', async () => {
    await expect(run(1, 2, undefined)).resolves.toBeDefined();
    await expect(run(1, 2, false)).resolves.toBeDefined();
  });
});

describe('a clock that misbehaves', () => {
  it('going back only costs the samples it spoils, and is told', async () => {
    const { bench, machine } = setUp();
    let calls = 0;
    const jumpy = (): void => {
      machine.spend(++calls % 20 === 0 ? -1 : 0.1);
    };
    const smooth = (): void => {
      machine.spend(0.1);
    };
    const result = await bench.compare({ smooth, jumpy }, { budget: 100, batch: 1 });
    expect(result.verdict).toBe('same');
    expect(result.contenders[1]?.discarded).toBeGreaterThan(0);
    expect(result.warnings.map(({ code }) => code)).toContain('discarded-samples');
  });

  it('jumping forward ends the run and not the sense of it', async () => {
    const { bench, machine, spend } = setUp();
    const jumpy = (): void => {
      machine.spend(machine.now > 60 && machine.now < 1000 ? 1e6 : 0.1);
    };
    const result = await bench.compare({ smooth: spend(0.1), jumpy }, { budget: 100, margin: 0.001 });
    expect(result.ratio).toBeCloseTo(1, 6);
  });

  it.each([undefined, 1])('standing still is an error and no endless loop (batch %s)', async (batch) => {
    const bench = new PerformanceBenchmark({ clock: { now: () => 5 }, pause: () => Promise.resolve() });
    await expect(
      bench.compare({ a: () => 1, b: () => 2 }, batch === undefined ? {} : { batch }),
    ).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_CLOCK' });
  });

  it('of one millisecond a step is compensated by longer samples, or told where the budget is too short', async () => {
    const { bench, machine, spend } = setUp();
    machine.stepMs = 1;
    const long = await bench.compare({ a: spend(0.1), b: spend(0.2) }, { budget: '40s' });
    expect(long.ratio).toBeCloseTo(2, 1);
    expect(long.warnings.map(({ code }) => code)).not.toContain('coarse-timer');
    const short = await bench.compare({ a: spend(0.1), b: spend(0.2) }, { budget: '1s' });
    expect(short.warnings.map(({ code }) => code)).toContain('coarse-timer');
  });
});

describe('garbage collection', () => {
  it('is warned of when it is frequent, and when it costs one side more in a way the median hides', async () => {
    const { bench, machine, spend } = setUp();
    let calls = 0;
    const wasteful = (): void => {
      machine.spend(0.1);
      if (++calls % 10 === 0) machine.collect(1);
    };
    const result = await bench.compare({ lean: spend(0.1), wasteful }, { batch: 1, budget: '2s' });
    expect(result.ratio).toBeCloseTo(1, 6);
    expect(result.meanRatio).toBeCloseTo(2, 0);
    expect(result.contenders[1]?.gc.share).toBeCloseTo(0.1, 1);
    expect(result.warnings.filter(({ code }) => code === 'garbage-collection')).toHaveLength(2);
    expect(machine.gcWatches).toBe(0);
  });
});
