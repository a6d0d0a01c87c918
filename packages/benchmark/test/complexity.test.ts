import { describe, expect, it } from 'vitest';
import { formatComplexity, PerformanceBenchmark, toReport, type ComplexityFit } from '../src/index.js';
import { fitGrowth } from '../src/growth.js';
import { FakeMachine, noise } from './fake-machine.js';

const SIZES = [100, 300, 1000, 3000, 10_000, 30_000];

async function sweep(
  cost: (n: number) => number,
  o: { seed?: number; scatter?: number; wander?: number; sizes?: readonly number[] } = {},
): Promise<ComplexityFit> {
  const machine = new FakeMachine();
  const factor = noise({ seed: o.seed ?? 1, scatter: o.scatter ?? 0, wander: o.wander ?? 0 });
  const bench = new PerformanceBenchmark(machine.options(o.seed ?? 1));
  const work = (n: number): void => {
    machine.spend(cost(n) * factor());
  };
  return bench.complexity(work, o.sizes ?? SIZES, { budget: 4000 });
}

const curves: [string, (n: number) => number][] = [
  ['O(1)', () => 0.5],
  ['O(log n)', (n) => 0.1 * Math.log2(n)],
  ['O(n)', (n) => 0.01 + 0.0001 * n],
  ['O(n log n)', (n) => 0.00002 * n * Math.log2(n)],
  ['O(n^2)', (n) => 0.01 + 1e-8 * n * n],
];

describe('complexity', () => {
  it.each(curves)('finds %s, and is sure of it, on a quiet machine', async (growth, cost) => {
    const fit = await sweep(cost);
    expect(fit.growth).toBe(growth);
    expect(fit.certainty).toBeGreaterThan(0.9);
    expect(fit.fits.map((each) => each.growth)).toHaveLength(5);
    expect(fit.runnerUp).toBe(fit.fits[1]?.growth);
  });

  it.each(curves)('finds %s through noise in at least nine of ten sweeps', async (growth, cost) => {
    let found = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const fit = await sweep(cost, { seed, scatter: 0.05, wander: 0.05 });
      if (fit.growth === growth) found += 1;
    }
    expect(found).toBeGreaterThanOrEqual(9);
  });

  it('finds the numbers behind the curve', async () => {
    const fit = await sweep((n) => 0.2 + 0.0003 * n);
    expect(fit.fits[0]?.a).toBeCloseTo(0.2, 3);
    expect(fit.fits[0]?.b).toBeCloseTo(0.0003, 6);
    expect(fit.fits.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it('tells the exponent whatever the model: n to the one and a half is none of the five', async () => {
    const fit = await sweep((n) => 0.000001 * n ** 1.5);
    expect(fit.exponent).toBeCloseTo(1.5, 2);
    expect(fit.exponentInterval[0]).toBeLessThanOrEqual(fit.exponent);
    expect(fit.exponentInterval[1]).toBeGreaterThanOrEqual(fit.exponent);
  });

  it('admits that it cannot tell n from n log n over a narrow range', async () => {
    const fit = await sweep((n) => 0.00002 * n * Math.log2(n), {
      scatter: 0.2,
      sizes: [1000, 1100, 1200, 1300, 1400],
    });
    const codes = fit.warnings.map(({ code }) => code);
    expect(codes).toContain('narrow-range');
    expect(codes).toContain('unsure');
    expect(fit.certainty).toBeLessThan(0.9);
  });

  it('is not fooled by a machine that becomes slower: sizes take turns', async () => {
    const machine = new FakeMachine();
    const bench = new PerformanceBenchmark(machine.options());
    const flat = (): void => {
      machine.spend(0.5 * (1 + machine.now / 1000));
    };
    expect((await bench.complexity(flat, SIZES, { budget: 2000 })).growth).toBe('O(1)');
  });

  it('prepares each input once, untimed, and hands it over with its size', async () => {
    const machine = new FakeMachine();
    const bench = new PerformanceBenchmark(machine.options());
    const made: number[] = [];
    const sizes = new Set<number>();
    const fit = await bench.complexity(
      (input: { length: number }, size) => {
        expect(input.length).toBe(size);
        sizes.add(size);
        machine.spend(size / 1000);
      },
      [5000, 1000, 2000, 4000, 3000],
      {
        prepare: async (n) => {
          made.push(n);
          machine.spend(1000);
          return Promise.resolve({ length: n });
        },
        budget: '60s',
      },
    );
    expect(made).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(sizes.size).toBe(5);
    expect(fit.points.map(({ ms }) => Math.round(ms * 1000) / 1000)).toEqual([1, 2, 3, 4, 5]);
    expect(fit.growth).toBe('O(n)');
  });

  it('times every size even where one call outlasts the budget', async () => {
    const fit = await sweep((n) => n);
    expect(fit.points.every(({ samples }) => samples >= 3)).toBe(true);
    expect(fit.growth).toBe('O(n)');
  });

  it.each([
    [[]],
    [[1, 2, 3, 4]],
    [[1, 1, 1, 1, 1]],
    [[0, 1, 2, 3, 4]],
    [[1, 2, 3, 4, 5.5]],
    [[1, 2, 3, 4, NaN]],
    [5],
  ])('refuses sizes %j', async (sizes) => {
    const bench = new PerformanceBenchmark(new FakeMachine().options());
    // @ts-expect-error -- what a caller without types could pass
    await expect(bench.complexity(() => 1, sizes)).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_OPTION',
    });
  });

  it('names what threw, and where', async () => {
    const bench = new PerformanceBenchmark(new FakeMachine().options());
    const prepare = (): never => {
      throw new Error('no disk');
    };
    await expect(bench.complexity(() => 1, SIZES, { prepare })).rejects.toThrow(
      "prepare of 'operation(100)' threw: no disk",
    );
  });

  it('is drawn as a table and survives JSON', async () => {
    const fit = await sweep((n) => 0.01 + 0.0001 * n);
    expect(formatComplexity(fit)).toMatch(
      /^'work' grows as O\(n\), 100\.0 % sure; then O\(n log n\); exponent 0\.92/,
    );
    const report = toReport([fit]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('fitting', () => {
  it('never makes a time fall with the size', () => {
    const falling = [1, 2, 4, 8, 16].map((n) => ({ n, ms: 10 / n }));
    for (const { a, b } of fitGrowth(falling)) {
      expect(a).toBeGreaterThanOrEqual(0);
      expect(b).toBeGreaterThanOrEqual(0);
    }
    expect(fitGrowth(falling)[0]?.growth).toBe('O(1)');
  });

  it('copes with a size of one, whose logarithm is nothing', () => {
    const points = [1, 2, 4, 8, 16].map((n) => ({ n, ms: 1 + Math.log2(n) }));
    expect(fitGrowth(points)[0]?.growth).toBe('O(log n)');
  });
});
