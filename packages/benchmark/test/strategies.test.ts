import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatStrategies,
  PerformanceBenchmark,
  toReport,
  type ComparisonResult,
  type MemoryProfile,
} from '../src/index.js';
import { rankStrategies } from '../src/strategies.js';
import { FakeMachine } from './fake-machine.js';

const MB = 2 ** 20;

interface Plan {
  readonly ms: number;
  readonly mb: number;
  readonly quality?: number;
}

function setUp() {
  const machine = new FakeMachine();
  let rss = 0;
  let highest = 0;
  const memory = {
    read: () => ({ rssBytes: rss, heapUsedBytes: 0, heapTotalBytes: 0, externalBytes: 0 }),
    collect: () => undefined,
    highWater: {
      reset: () => {
        highest = rss;
      },
      read: () => highest,
    },
    watch: () =>
      Promise.resolve({
        threaded: true,
        mark: () => undefined,
        peak: () => undefined,
        close: () => Promise.resolve([]),
      }),
  };
  const run = ({ ms, mb, quality }: Plan): { quality?: number } => {
    machine.spend(ms);
    highest = Math.max(highest, rss + mb * MB);
    return quality === undefined ? {} : { quality };
  };
  rss = 10 * MB;
  return { bench: new PerformanceBenchmark({ ...machine.options(), memory }), run };
}

describe('compareStrategies', () => {
  it('ranks by each criterion and finds the front', async () => {
    const { bench, run } = setUp();
    const plans = {
      inline: { ms: 2, mb: 100, quality: 1 },
      streaming: { ms: 4, mb: 10, quality: 1 },
      lossy: { ms: 1, mb: 50, quality: 0.5 },
      clumsy: { ms: 5, mb: 120, quality: 1 },
    };
    const result = await bench.compareStrategies(plans, run);
    expect(result.rows.map(({ name, ranks, onFront }) => [name, ranks, onFront])).toEqual([
      ['lossy', { time: 1, memory: 2, quality: 4 }, true],
      ['inline', { time: 2, memory: 3, quality: 1 }, true],
      ['streaming', { time: 3, memory: 1, quality: 1 }, true],
      ['clumsy', { time: 4, memory: 4, quality: 1 }, false],
    ]);
    expect(result.front).toEqual(['lossy', 'inline', 'streaming']);
    expect(result.rows[3]?.dominatedBy).toEqual(['inline', 'streaming']);
    expect(result.rows[2]).toMatchObject({ peakBytes: 10 * MB, quality: 1, verdict: 'slower' });
    expect(result.rows[2]?.ratio).toBeCloseTo(2, 6);
    expect(result.rows[1]).not.toHaveProperty('ratio');
  });

  it('keeps on the front who is behind by no more than noise', async () => {
    const { bench, run } = setUp();
    const { front } = await bench.compareStrategies(
      { a: { ms: 1, mb: 10.5 }, b: { ms: 1.005, mb: 10.6 }, c: { ms: 1.5, mb: 10.6 } },
      run,
    );
    expect(front).toEqual(['a', 'b']);
  });

  it('leaves out criteria that are not known for all, and memory when asked', async () => {
    const { bench, run } = setUp();
    const plans = { a: { ms: 1, mb: 10, quality: 0.2 }, b: { ms: 2, mb: 5 } };
    const result = await bench.compareStrategies(plans, run, { runs: 0 });
    expect(result.memory).toEqual([]);
    expect(result.rows.map(({ ranks }) => ranks)).toEqual([{ time: 1 }, { time: 2 }]);
    expect(result.front).toEqual(['a']);
  });

  it('judges quality as the caller says, and refuses one that is none', async () => {
    const { bench, run } = setUp();
    const plans = { a: { ms: 1, mb: 1 }, b: { ms: 1, mb: 1 } };
    const judged = await bench.compareStrategies(plans, run, {
      quality: (_, name) => (name === 'a' ? 0.9 : 1),
    });
    expect(judged.rows.map(({ quality }) => quality).sort()).toEqual([0.9, 1]);
    await expect(bench.compareStrategies(plans, run, { quality: () => 2 })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_OPTION',
    });
  });

  it('refuses what cannot be compared', async () => {
    const { bench, run } = setUp();
    const candidates = { code: 'ERR_PERF_BENCHMARK_CANDIDATES' };
    await expect(bench.compareStrategies({ alone: { ms: 1, mb: 1 } }, run)).rejects.toMatchObject(candidates);
    // @ts-expect-error -- what a caller without types could pass
    await expect(bench.compareStrategies({ a: 1, b: 2 }, 5)).rejects.toMatchObject(candidates);
  });

  it('is drawn as a table and survives JSON', async () => {
    const { bench, run } = setUp();
    const result = await bench.compareStrategies({ a: { ms: 1, mb: 9 }, b: { ms: 2, mb: 20 } }, run);
    const lines = formatStrategies(result).split('\n');
    expect(lines[0]).toMatch(/^strategy +time +ratio +verdict +peak +quality +places +front$/);
    expect(lines[2]).toMatch(/^b +2\.00 ms +2\.000 +slower +20\.0 MB +\? +2\/2\/- +behind a$/);
    const report = toReport([result]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('the front', () => {
  it('is never empty, and whoever is not on it is beaten by somebody who is', async () => {
    const { bench, run } = setUp();
    const base = await bench.compareStrategies({ a: { ms: 1, mb: 1 }, b: { ms: 1, mb: 1 } }, run);
    const [contender] = base.comparison.contenders;
    const [comparison] = base.comparison.comparisons;
    const [profile] = base.memory;
    if (contender === undefined || comparison === undefined || profile === undefined)
      throw new Error('nothing');
    const rows = fc.array(
      fc.record({
        ratio: fc.double({ min: 0.97, max: 1.06, noNaN: true }),
        mb: fc.nat(6),
        quality: fc.nat(3),
      }),
      { minLength: 2, maxLength: 8 },
    );
    fc.assert(
      fc.property(rows, (given) => {
        const named = given.map((row, i) => ({ ...row, name: `s${String(i)}` }));
        const faked: ComparisonResult = {
          ...base.comparison,
          contenders: named.map(({ name }) => ({ ...contender, name })),
          comparisons: named.map(({ name, ratio }) => ({ ...comparison, candidate: name, ratio })),
        };
        const memory = named.map(({ name, mb }): MemoryProfile => ({ ...profile, name, peakBytes: mb * MB }));
        const quality = new Map(named.map((row) => [row.name, row.quality / 3]));
        const result = rankStrategies(faked, memory, {
          qualityOf: (name) => quality.get(name),
          margin: 0.01,
        });
        expect(result.front.length).toBeGreaterThan(0);
        for (const { onFront, dominatedBy } of result.rows) {
          if (!onFront) expect(dominatedBy.some((name) => result.front.includes(name))).toBe(true);
        }
      }),
    );
  });
});
