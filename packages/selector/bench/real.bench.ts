/** What choosing costs above always knowing best, on real conversions that were timed in every way and are replayed. */
import type { Bench } from '@perf/tooling-bench';
import { PRIORS } from '../src/coefficients.js';
import { OptimizationSelector } from '../src/index.js';
import { median, serve } from '../test/simulation/replay.js';
import { WAYS } from '../test/simulation/world.js';
import { RecordedStream } from './recorded-stream.js';
import { record, type Recorded } from './recording.js';
import { CHOOSERS, SEEDS, shownRegret } from './regret.js';

export default async function run(bench: Bench): Promise<void> {
  const recorded = await record(bench, (line) => process.stderr.write(`${line}\n`));
  const [first, ...rest] = recorded;
  if (first === undefined) return;
  const all = [first, ...rest] as const;
  bench.table(
    `${String(all.length)} real requests, milliseconds by the way they were carried out (medians), and from the cache`,
    ['request', ...WAYS, 'hit'],
    all.map((one) => [one.name, ...WAYS.map((way) => shownMs(one, way)), one.hitMs.toFixed(3)]),
  );
  const lengths = [200, 2000];
  bench.table(
    `Replayed: total cost above the best possible, median (range) of ${String(SEEDS.length)} seeds`,
    ['chosen by', ...lengths.map((n) => `${String(n)} requests`)],
    CHOOSERS.map(([name, make]) => [
      name,
      ...lengths.map((requests) =>
        shownRegret(
          SEEDS.map((seed) => serve(make(seed), new RecordedStream(all, seed), requests)),
          (regret) => regret.all,
        ),
      ),
    ]),
  );
  bench.figures(
    'What the cost model’s coefficients come to on this machine, as factors of the prior',
    learnedFactors(all),
  );
}

function shownMs({ times }: Recorded, way: (typeof WAYS)[number]): string {
  const measured = times.get(way);
  return measured === undefined ? '-' : median(measured).toFixed(2);
}

/** Everything that was measured, told to a selector: what it makes of the coefficients. */
function learnedFactors(all: readonly Recorded[]): Record<string, string> {
  const selector = new OptimizationSelector({ machine: { computeMs: 1, copyMs: 1 } });
  for (let round = 0; round < 9; round++) {
    for (const { facts, context, times } of all) {
      for (const [way, measured] of times) {
        const durationMs = measured[round];
        if (durationMs === undefined) continue;
        const plan = selector.select(facts, { ...context, available: [way], reuseProbability: 0 });
        selector.feedback(plan, { durationMs });
      }
    }
  }
  const factors: Record<string, string> = {};
  for (const { name, factor, within } of selector.coefficients()) {
    factors[name] = `${factor.toFixed(2)} (within ${within.toFixed(2)}x)`;
  }
  return {
    ...factors,
    'bytes without an estimate': `${String(PRIORS.workMsPerMb)} ms for a MB, by the prior`,
  };
}
