import { describe, expect, it } from 'vitest';
import { BenchmarkError, DEFAULTS, PerformanceBenchmark } from '../src/index.js';
import { FakeMachine } from './fake-machine.js';

function setUp(): { machine: FakeMachine; bench: PerformanceBenchmark; work: () => void } {
  const machine = new FakeMachine();
  const work = (): void => {
    machine.spend(1);
  };
  return { machine, bench: new PerformanceBenchmark(machine.options()), work };
}

const aborted = { name: 'BenchmarkError', code: 'ERR_PERF_BENCHMARK_ABORTED' };

describe('a run that is called off', () => {
  it('does not begin when the signal is aborted already', async () => {
    const { bench, machine, work } = setUp();
    const reason = new Error('enough');
    await expect(bench.measure('x', work, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
      ...aborted,
      cause: reason,
    });
    expect(machine.now).toBe(0);
  });

  it('ends in the middle of synchronous samples', async () => {
    const { bench, machine, work } = setUp();
    const controller = new AbortController();
    machine.onTurn = () => {
      if (machine.now > 300) controller.abort();
    };
    await expect(bench.measure('x', work, { signal: controller.signal })).rejects.toMatchObject(aborted);
    expect(machine.now).toBeLessThan(400);
    expect(machine.gcWatches).toBe(0);
  });

  it('ends at once when the function under test never does', async () => {
    const { bench } = setUp();
    const controller = new AbortController();
    const run = bench.compare(
      { a: () => new Promise(() => undefined), b: () => 1 },
      { signal: controller.signal },
    );
    controller.abort('no more');
    await expect(run).rejects.toMatchObject({ ...aborted, cause: 'no more' });
  });

  it('leaves no listener on the signal', async () => {
    const { bench, work } = setUp();
    const { signal } = new AbortController();
    const listening: string[] = [];
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, ...rest: unknown[]) => {
      listening.push(type);
      Reflect.apply(add, signal, [type, ...rest]);
    };
    signal.removeEventListener = (type: string, ...rest: unknown[]) => {
      listening.pop();
      Reflect.apply(remove, signal, [type, ...rest]);
    };
    await bench.measure('x', work, { signal });
    expect(listening).toEqual([]);
  });

  it('lets the next one in line go ahead', async () => {
    const { bench, work } = setUp();
    const controller = new AbortController();
    const stuck = bench.measure('stuck', () => new Promise(() => undefined), { signal: controller.signal });
    const next = bench.measure('next', work);
    controller.abort();
    await expect(stuck).rejects.toMatchObject(aborted);
    await expect(next).resolves.toMatchObject({ name: 'next' });
  });

  it('leaves the line at once, without waiting for its turn', async () => {
    const { bench } = setUp();
    const first = new AbortController();
    const second = new AbortController();
    const stuck = bench.measure('stuck', () => new Promise(() => undefined), { signal: first.signal });
    const waiting = bench.measure('waiting', () => 1, { signal: second.signal });
    second.abort();
    await expect(waiting).rejects.toMatchObject(aborted);
    first.abort();
    await expect(stuck).rejects.toMatchObject(aborted);
  });
});

describe('two runs at once', () => {
  it('take turns', async () => {
    const { bench, machine } = setUp();
    const log: string[] = [];
    const logging = (name: string) => async (): Promise<void> => {
      log.push(name);
      machine.spend(10);
      await Promise.resolve();
    };
    await Promise.all([bench.measure('a', logging('a')), bench.measure('b', logging('b'))]);
    expect(log.join('')).toMatch(/^a+b+$/);
  });

  it('do not share an error', async () => {
    const { bench, work } = setUp();
    const bad = bench.measure('bad', () => {
      throw new Error('no');
    });
    const good = bench.measure('good', work);
    await expect(bad).rejects.toThrow("the function of 'bad' threw: no");
    await expect(good).resolves.toMatchObject({ name: 'good' });
  });
});

describe('a function that throws', () => {
  it.each([
    ['at its first call', 1],
    ['while it warms up', 5],
    ['while it is measured', 600],
  ])('%s ends the run with its name and its error', async (_, at) => {
    const { bench, machine } = setUp();
    const cause = new Error('broken');
    let calls = 0;
    const failing = (): void => {
      machine.spend(0.2);
      if (++calls === at) throw cause;
    };
    await expect(bench.compare({ fine: failing, same: failing }, { margin: 0 })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_THREW',
      cause,
    });
    expect(machine.gcWatches).toBe(0);
  });

  it.each([undefined, null, 'text', Object.create(null), Symbol('s')])(
    'may throw anything: %s',
    async (cause: unknown) => {
      const { bench } = setUp();
      const run = bench.measure('odd', () => {
        throw cause;
      });
      await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_THREW', cause });
    },
  );

  it.each(['setup', 'teardown'] as const)('%s is told apart', async (hook) => {
    const { bench, work } = setUp();
    const run = bench.measure('x', work, { [hook]: () => Promise.reject(new Error('no disk')) });
    await expect(run).rejects.toThrow(`${hook} of 'x' threw: no disk`);
  });
});

describe('what it refuses', () => {
  const refused = async (run: (bench: PerformanceBenchmark) => Promise<unknown>): Promise<unknown> => {
    const { bench } = setUp();
    return run(bench).then(
      () => 'accepted',
      (error: unknown) => (error instanceof BenchmarkError ? `${error.code}: ${error.message}` : error),
    );
  };
  const a = (): number => 1;

  it.each([
    [{}, 'compare needs at least two candidates; given 0'],
    [{ a }, 'compare needs at least two candidates; given 1'],
    [{ a, 1: a }, "a name must not be a whole number, for it would lose its place; given '1'"],
    [{ a, '': a }, "a name must be text; given ''"],
    [{ a, b: 5 }, "'b' must be a function; given 5"],
    [[a, a], 'candidates must be an object of named functions; given an array'],
    [null, 'candidates must be an object of named functions; given null'],
  ])('candidates %o', async (candidates, message) => {
    // @ts-expect-error -- what a caller without types could pass
    expect(await refused((bench) => bench.compare(candidates))).toBe(
      `ERR_PERF_BENCHMARK_CANDIDATES: ${message}`,
    );
  });

  it('accepts names that only look like numbers', async () => {
    const { bench, work } = setUp();
    const result = await bench.compare({ '1.5': work, '007': work }, { budget: 20 });
    expect(result.base).toBe('1.5');
  });

  it.each([
    [{ budget: 0 }, 'budget must be more than nothing; given 0 ms'],
    [{ budget: Infinity }, /^budget must be milliseconds/],
    [{ budgte: 1 }, /^unknown option 'budgte'; known options are budget,/],
    [{ margin: -0.01 }, 'margin must be a number from 0 to 1; given -0.01'],
    [{ margin: Number.NaN }, 'margin must be a number from 0 to 1; given NaN'],
    [{ confidence: 1 }, 'confidence must be a number from 0.5 to 0.9999; given 1'],
    [{ confidence: 95 }, 'confidence must be a number from 0.5 to 0.9999; given 95'],
    [{ equal: 'deep' }, "equal must be true, false or a function; given 'deep'"],
    [{ setup: 5 }, 'setup must be a function; given 5'],
    [{ batch: 0 }, /^batch must be a whole number from 1/],
    [{ batch: 1.5 }, /^batch must be a whole number from 1/],
    [{ signal: {} }, 'signal must be an AbortSignal; given an object'],
    [null, 'options must be an object; given null'],
  ])('options %o of compare', async (options, message) => {
    // @ts-expect-error -- what a caller without types could pass
    const said = await refused((bench) => bench.compare({ a, b: a }, options));
    expect(said).toEqual(expect.stringMatching(/^ERR_PERF_BENCHMARK_OPTION: /));
    expect(String(said).slice('ERR_PERF_BENCHMARK_OPTION: '.length)).toMatch(message);
  });

  it.each([
    [{ bytes: -1 }, 'bytes must be a finite number of at least 0; given -1'],
    [{ rows: Infinity }, 'rows must be a finite number of at least 0; given Infinity'],
    [{ margin: 0.1 }, /^unknown option 'margin'/],
  ])('options %o of measure', async (options, message) => {
    // @ts-expect-error -- what a caller without types could pass
    const said = await refused((bench) => bench.measure('x', a, options));
    expect(String(said).slice('ERR_PERF_BENCHMARK_OPTION: '.length)).toMatch(message);
  });

  it.each([
    [{ seed: -1 }, /^seed must be a whole number from 0 to 4294967295/],
    [{ clock: {} }, 'clock must be an object with a method now(); given an object'],
    [{ gc: null }, 'gc must be an object with a method watch(); given null'],
    [{ pause: 1 }, 'pause must be a function; given 1'],
    [{ Clock: {} }, /^unknown option 'Clock'/],
  ])('construction with %o', (options, message) => {
    // @ts-expect-error -- what a caller without types could pass
    expect(() => new PerformanceBenchmark(options)).toThrow(message);
  });
});

describe('defaults', () => {
  it('are the ones documented, and cannot be changed', () => {
    expect(DEFAULTS).toEqual({
      budget: '1s',
      margin: 0.01,
      confidence: 0.95,
      equal: false,
      seed: 1,
      memory: { runs: 8, interval: '1ms' },
      isolation: { budget: '5s', processes: 10, timeout: '30s' },
      complexity: { budget: '2s' },
      strategies: { budget: '2s', runs: 3 },
      doctor: { budget: '200ms', trials: 10 },
    });
    const groups = Object.values(DEFAULTS).filter((value) => typeof value === 'object');
    expect([DEFAULTS, ...groups].every((group) => Object.isFrozen(group))).toBe(true);
  });
});

describe('on the real machine', () => {
  it('measures and compares with its own clock and instruments', async () => {
    const bench = new PerformanceBenchmark();
    const build = (): object[] => Array.from({ length: 100 }, (_, i) => ({ i }));
    const alone = await bench.measure('build', build, { budget: 60 });
    expect(alone.time.min).toBeGreaterThan(0);
    expect(alone.cpuMs.user).toBeGreaterThanOrEqual(0);
    const tenTimes = (): object[][] => Array.from({ length: 10 }, build);
    const result = await bench.compare(
      { build, tenTimes, later: async () => Promise.resolve(build()) },
      { budget: 60 },
    );
    expect(result.contenders.map(({ asynchronous }) => asynchronous)).toEqual([false, false, true]);
    expect(result.comparisons).toHaveLength(2);
  });
});
