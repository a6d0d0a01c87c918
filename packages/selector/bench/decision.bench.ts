/** What a decision and what learning from its outcome cost. */
import { OptimizationSelector } from '@perf/selector';
import type { Bench } from '@perf/tooling-bench';

export default async function run(bench: Bench): Promise<void> {
  const { benchmark } = bench;
  const budget = bench.quick ? '200ms' : '2s';
  const selector = new OptimizationSelector();
  const facts = { bytes: 10_000_000, conversionMs: 120, resultBytes: 12_000_000 };
  const context = { route: 'csv>columns', cores: 4, parts: 4 };
  let n = 0;
  bench.measurements('Deciding and learning', [
    await benchmark.measure('select', () => selector.select(facts, context), { budget }),
    await benchmark.measure(
      'select + feedback',
      () => {
        n += 1;
        selector.feedback(selector.select(facts, context), { durationMs: 100 + (n % 40) });
      },
      { budget },
    ),
  ]);
}
