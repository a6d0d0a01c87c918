import { describe, expect, it } from 'vitest';
import { formatDoctor, PerformanceBenchmark, toReport, type DoctorReport } from '../src/index.js';
import { resolveDoctor, runDoctor } from '../src/doctor.js';
import { TRIAL_KINDS } from '../src/trial-kinds.js';
import { FakeMachine, noise } from './fake-machine.js';

/** A doctor on a machine where a unit of work takes 1 us, times noise. */
async function examine(o: { scatter: number; trials?: number; budget?: number }): Promise<DoctorReport> {
  const machine = new FakeMachine();
  const bench = new PerformanceBenchmark(machine.options());
  const factor = noise({ seed: 1, scatter: o.scatter });
  const kind = {
    name: 'scripted',
    units: (count: number) => () => {
      machine.spend(count * 0.001 * factor());
    },
  };
  return runDoctor([kind], resolveDoctor({ trials: o.trials ?? 20, budget: o.budget ?? 100 }), {
    compare: (candidates, options) => bench.compare(candidates, options),
    now: () => machine.now,
  });
}

describe('doctor', () => {
  it('shows little more than the margin on a quiet machine, and more on a noisy one', async () => {
    const quiet = await examine({ scatter: 0.001 });
    const noisy = await examine({ scatter: 0.2 });
    expect(quiet.smallest).toBeGreaterThan(0.01);
    expect(quiet.smallest).toBeLessThan(0.012);
    expect(noisy.smallest).toBeGreaterThan(0.03);
    expect(noisy.findings[0]?.same.halfWidth).toBeGreaterThan(quiet.findings[0]?.same.halfWidth ?? Infinity);
  });

  it('keeps its word: the difference named is found in nearly all trials, never with the wrong sign', async () => {
    for (const scatter of [0.01, 0.1, 0.3]) {
      const { findings } = await examine({ scatter, trials: 40 });
      const [{ same, known } = { same: undefined, known: undefined }] = findings;
      expect(same?.wrong).toBe(0);
      expect(known?.wrongSign).toBe(0);
      expect((known?.found ?? 0) / 40).toBeGreaterThanOrEqual(0.8);
    }
  });

  it('says so where nothing can be shown', async () => {
    const machine = new FakeMachine();
    const bench = new PerformanceBenchmark(machine.options());
    const slow = { name: 'slow', units: (count: number) => () => machine.spend(count) };
    const report = await runDoctor([slow], resolveDoctor({ trials: 2, budget: 10 }), {
      compare: (candidates, options) => bench.compare(candidates, options),
      now: () => machine.now,
    });
    expect(report.smallest).toBe(Infinity);
    expect(report.findings[0]).not.toHaveProperty('known');
    expect(report.text).toContain('no difference at all');
    expect(formatDoctor(report)).toContain('nowhere');
    expect(JSON.parse(JSON.stringify(toReport([report])))).toEqual(toReport([report]));
  });

  it('tells its findings as text and as a table', async () => {
    const report = await examine({ scatter: 0.01 });
    expect(report.text).toMatch(
      /^Here and now, a comparison of 100 ms shows differences from \S+ % up\.\nscripted: from \S+ % up; 0 of 20 comparisons with itself were wrong; a true \S+ % was found in \d+ of 20, with the wrong sign in 0\.$/,
    );
    expect(formatDoctor(report).split('\n')[1]).toMatch(
      /^work +shows from +half interval +wrong +true +found$/,
    );
  });

  it('works on this machine, with each kind of work', async () => {
    const report = await new PerformanceBenchmark().doctor({ trials: 1, budget: 30 });
    expect(report.findings.map(({ name }) => name)).toEqual(['pure loop', 'allocating', 'async']);
  });

  it('refuses bad options', async () => {
    const run = new PerformanceBenchmark().doctor({ trials: 0 });
    await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_OPTION' });
  });
});

describe('the work of the trials', () => {
  it.each(TRIAL_KINDS.map((kind) => [kind.name, kind] as const))(
    '%s does as many units as asked',
    async (_, kind) => {
      const [once, thrice] = [await kind.units(1)(), await kind.units(3)()];
      if (typeof once === 'number') expect(thrice).toBe(3 * once);
      else expect(thrice).toEqual(once);
    },
  );
});
