import { describe, expect, it } from 'vitest';
import { BenchmarkError, formatIsolated, PerformanceBenchmark, toReport, type Task } from '../src/index.js';
import { packError, unpackError } from '../src/process/protocol.js';
import { seededRandom } from '../src/random.js';
import { FakeChildren } from './fake-children.js';
import { FakeMachine, normals } from './fake-machine.js';

const module = new URL('./fixtures/tasks.mjs', import.meta.url);
const task: Task = { module, export: 'units', args: 100 };

function setUp(cost: (name: string, process: number) => number): {
  bench: PerformanceBenchmark;
  children: FakeChildren;
} {
  const machine = new FakeMachine();
  const children = new FakeChildren(machine, cost);
  return { bench: new PerformanceBenchmark({ ...machine.options(), children }), children };
}

/** Costs that scatter from process to process by a few percent, and not at all within one. */
function luck(seed: number, ratio: number, spread: number): (name: string, process: number) => number {
  const normal = normals(seededRandom(seed));
  const lucks: number[] = [];
  return (name, process) => {
    lucks[process] ??= Math.exp(spread * normal());
    return (lucks[process] ?? 1) * (name === 'candidate' ? ratio : 1);
  };
}

describe('compareIsolated', () => {
  it('starts fresh processes in every round, and judges the rounds', async () => {
    const { bench, children } = setUp(luck(1, 1.2, 0.001));
    const result = await bench.compareIsolated({ base: task, candidate: task }, { processes: 8 });
    expect(children.started).toBe(16);
    expect(children.open).toBe(0);
    expect(result).toMatchObject({
      kind: 'isolated-comparison',
      base: 'base',
      candidate: 'candidate',
      verdict: 'slower',
      processes: 8,
    });
    expect(result.ratios).toHaveLength(8);
    expect(result.ratio).toBeCloseTo(1.2, 2);
    expect(result.spreadWithin).toBeCloseTo(0, 9);
  });

  it('is not fooled by the luck of processes, however many samples each gives', async () => {
    let wrong = 0;
    let covered = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { bench } = setUp(luck(seed, 1, 0.05));
      const { verdict, interval } = await bench.compareIsolated(
        { base: task, candidate: task },
        { processes: 10, budget: 500 },
      );
      if (verdict === 'faster' || verdict === 'slower') wrong += 1;
      if (interval[0] <= 1 && interval[1] >= 1) covered += 1;
    }
    // The nominal coverage of ten rounds is 97.9 %; 200 trials scatter by one percent.
    expect(covered / 200).toBeGreaterThan(0.94);
    expect(wrong / 200).toBeLessThan(0.03);
  });

  it('gives no interval with fewer than six rounds at 95 %', async () => {
    const { bench } = setUp(luck(2, 2, 0.001));
    const few = await bench.compareIsolated({ base: task, candidate: task }, { processes: 5 });
    expect(few).toMatchObject({ verdict: 'undecided', interval: [0, Infinity] });
    expect(few.moreMs).toBeGreaterThan(0);
    const enough = await bench.compareIsolated({ base: task, candidate: task }, { processes: 6 });
    expect(enough.verdict).toBe('slower');
  });

  it('lets the sides take turns, each couple of rounds in both orders', async () => {
    const { bench, children } = setUp(() => 1);
    await bench.compareIsolated({ base: task, candidate: task }, { processes: 1, budget: 100 });
    const turns = children.asked.filter((line) => line.endsWith('turn')).map((line) => line.charAt(0));
    expect(turns.length).toBeGreaterThanOrEqual(8);
    for (let i = 0; i < turns.length; i += 4) {
      expect(['bccb', 'cbbc']).toContain(turns.slice(i, i + 4).join(''));
    }
    expect(children.asked.filter((line) => line.endsWith('prepare'))).toHaveLength(2);
  });

  it('gives functions that cost about the same the same number of calls', async () => {
    const { bench, children } = setUp((name) => (name === 'slow' ? 50 : 0.5));
    await bench.compareIsolated({ base: task, alike: task, slow: task }, { processes: 1, budget: 50 });
    const calls = children.questions.filter(
      (q): q is { calls: number } => typeof q === 'object' && q !== null && 'calls' in q,
    );
    expect(new Set(calls.map((q) => q.calls))).toEqual(new Set([1, 100]));
  });

  it('warns when processes differ', async () => {
    const { bench } = setUp(luck(3, 1, 0.08));
    const result = await bench.compareIsolated({ base: task, candidate: task });
    expect(result.warnings.map(({ code }) => code)).toEqual(['uneven-processes']);
  });

  it('ends all processes of a round when one of them fails', async () => {
    const { bench, children } = setUp(() => 1);
    children.onAsk = (name, topic) => {
      if (name === 'candidate' && topic === 'turn')
        throw new BenchmarkError('ERR_PERF_BENCHMARK_CHILD', 'gone');
    };
    await expect(bench.compareIsolated({ base: task, candidate: task })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_CHILD',
    });
    expect(children.open).toBe(0);
  });

  it('says so when the clock of the processes does not move', async () => {
    const { bench } = setUp(() => Number.NaN);
    await expect(bench.compareIsolated({ base: task, candidate: task })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_CLOCK',
    });
  });

  it('refuses what is no task', async () => {
    const { bench } = setUp(() => 1);
    const bad: [unknown, RegExp][] = [
      [{ base: task }, /at least two tasks/],
      [{ base: task, other: () => 1 }, /'other' must be a task/],
      [{ base: task, 7: task }, /must not be a whole number/],
      [{ base: task, other: { module: './here.js', export: 'x' } }, /must be a URL or an absolute path/],
      [{ base: task, other: { module, export: '' } }, /must be the name of a function/],
      [[task, task], /must be an object of named tasks/],
    ];
    for (const [tasks, message] of bad) {
      // @ts-expect-error -- what a caller without types could pass
      const run = bench.compareIsolated(tasks);
      await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_CANDIDATES' });
      await expect(run).rejects.toThrow(message);
    }
    await expect(bench.compareIsolated({ a: task, b: task }, { processes: 0 })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_OPTION',
    });
  });

  it('is drawn as a table and survives JSON', async () => {
    const { bench } = setUp(luck(1, 1.2, 0.001));
    const result = await bench.compareIsolated({ base: task, candidate: task }, { processes: 8 });
    expect(formatIsolated(result)).toMatch(/^name +median +ratio +95 % interval +verdict +between +within/);
    expect(formatIsolated(result)).toContain('slower');
    const report = toReport([result]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('in real processes', () => {
  const bench = new PerformanceBenchmark();
  const two = { processes: 2, budget: 300 };

  it('compares functions of a module, synchronous or not', async () => {
    const result = await bench.compareIsolated(
      {
        base: task,
        ten: { module, export: 'units', args: 1000 },
        later: { module, export: 'later', args: 100 },
      },
      two,
    );
    expect(result.comparisons[0]?.ratio).toBeGreaterThan(2);
    expect(result.contenders.map(({ asynchronous }) => asynchronous)).toEqual([false, false, true]);
  });

  it('measures in each of several processes', async () => {
    const result = await bench.measureIsolated('sum', task, { ...two, rows: 10 });
    expect(result).toMatchObject({ kind: 'isolated-measurement', name: 'sum', interval: [0, Infinity] });
    expect(result.processes).toHaveLength(2);
    expect(result.processes[0]?.rowsPerSecond).toBeGreaterThan(0);
    expect(result.time.p50).toBeGreaterThan(0);
  });

  it.each([
    ['exit', 3, 'ERR_PERF_BENCHMARK_CHILD', /ended with exit code 3 before it had answered: last words/],
    ['absent', 0, 'ERR_PERF_BENCHMARK_TASK', /export 'absent' of 'base' must be a function; found undefined/],
    ['notAFunction', 0, 'ERR_PERF_BENCHMARK_TASK', /found 42/],
    ['fail', 0, 'ERR_PERF_BENCHMARK_THREW', /the function of 'base' threw: no luck/],
  ])('a task that does %s is a typed error', async (name, args, code, message) => {
    const run = bench.compareIsolated({ base: { module, export: name, args }, other: task }, two);
    await expect(run).rejects.toMatchObject({ name: 'BenchmarkError', code });
    await expect(run).rejects.toThrow(message);
  });

  it('a module that is not there is a typed error', async () => {
    const run = bench.measureIsolated('x', { module: '/nowhere/at/all.mjs', export: 'x' }, two);
    await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_TASK' });
  });

  it('a task that hangs is ended after its time, a synchronous one included', async () => {
    const hang = { module, export: 'hang' };
    await expect(bench.measureIsolated('hang', hang, { ...two, timeout: 800 })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_TIMEOUT',
    });
    await expect(bench.profileMemory(hang, { timeout: 800 })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_TIMEOUT',
    });
  });

  it('a signal ends it at once', async () => {
    const controller = new AbortController();
    const run = bench.measureIsolated('hang', { module, export: 'hang' }, { signal: controller.signal });
    setImmediate(() => {
      controller.abort('no more');
    });
    await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_ABORTED', cause: 'no more' });
  });
});

describe('an error on its way between processes', () => {
  it('keeps its name, message, code and causes', () => {
    const cause = Object.assign(new TypeError('below'), { code: 'E_BELOW' });
    const there = unpackError(packError(new BenchmarkError('ERR_PERF_BENCHMARK_THREW', 'above', { cause })));
    expect(there).toBeInstanceOf(BenchmarkError);
    expect(there).toMatchObject({
      code: 'ERR_PERF_BENCHMARK_THREW',
      message: 'above',
      cause: { name: 'TypeError', message: 'below', code: 'E_BELOW' },
    });
  });

  it.each([undefined, null, 'text', Symbol('s'), 5n])('may be anything: %s', (thrown) => {
    expect(unpackError(packError(thrown))).toBeInstanceOf(Error);
  });

  it('may have a circle of causes', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(unpackError(packError(circle)).message).toBe('round');
  });
});
