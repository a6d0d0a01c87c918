import { describe, expect, it } from 'vitest';
import { PerformanceBenchmark } from '../src/index.js';
import { FakeMachine } from './fake-machine.js';

function setUp(result: unknown = { bytes: 500, metadata: { rows: 20 } }) {
  const machine = new FakeMachine();
  const signals: unknown[] = [];
  const adapter = {
    id: 'csv>columns',
    convert: (_request: unknown, o?: { signal?: AbortSignal }) => {
      signals.push(o?.signal);
      machine.spend(2);
      return Promise.resolve(result);
    },
    estimateCost: () => ({ durationMs: 1, bytes: 100 }),
  };
  return { machine, adapter, signals, bench: new PerformanceBenchmark(machine.options()) };
}

describe('benchmarkConversion', () => {
  it('takes bytes from the source, rows from the result, and judges the estimate', async () => {
    const { bench, adapter } = setUp();
    const result = await bench.benchmarkConversion(adapter, { source: { value: 'a'.repeat(1000) } });
    expect(result).toMatchObject({
      kind: 'measurement',
      name: 'csv>columns',
      asynchronous: true,
      bytesOf: 'source',
    });
    expect(result.bytesPerSecond).toBeCloseTo(500_000, 0);
    expect(result.rowsPerSecond).toBeCloseTo(10_000, 0);
    expect(result.estimate?.durationMs).toBe(1);
    expect(result.estimate?.factor).toBeCloseTo(2, 6);
  });

  it('falls back to the bytes of the result, and prefers what is given', async () => {
    const { bench, adapter } = setUp();
    const request = { source: { path: '/data.csv' } };
    const told = await bench.benchmarkConversion(adapter, request);
    expect(told.bytesOf).toBe('result');
    expect(told.bytesPerSecond).toBeCloseTo(250_000, 0);
    const given = await bench.benchmarkConversion(adapter, request, { bytes: 4000, rows: 2 });
    expect(given.bytesOf).toBe('given');
    expect(given.bytesPerSecond).toBeCloseTo(2_000_000, 0);
    expect(given.rowsPerSecond).toBeCloseTo(1000, 0);
  });

  it('leaves out what nobody tells', async () => {
    const { bench, adapter } = setUp('just text');
    const { estimateCost: _, ...plain } = adapter;
    const result = await bench.benchmarkConversion(plain, {});
    for (const field of ['bytesPerSecond', 'rowsPerSecond', 'bytesOf', 'estimate']) {
      expect(result).not.toHaveProperty(field);
    }
  });

  it('hands the signal on', async () => {
    const { bench, adapter, signals } = setUp();
    const { signal } = new AbortController();
    await bench.benchmarkConversion(adapter, {}, { signal, budget: 50 });
    expect(new Set(signals)).toEqual(new Set([signal]));
  });

  const convert = (): number => 1;
  it.each<unknown>([null, {}, { id: 'x' }, { id: '', convert }, { convert }])(
    'refuses %j as an adapter',
    async (adapter) => {
      const { bench } = setUp();
      // @ts-expect-error -- what a caller without types could pass
      await expect(bench.benchmarkConversion(adapter, {})).rejects.toMatchObject({
        code: 'ERR_PERF_BENCHMARK_CANDIDATES',
      });
    },
  );
});
