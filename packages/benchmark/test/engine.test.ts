import { describe, expect, it } from 'vitest';
import { PerformanceBenchmark, type ComparisonResult, type Verdict } from '../src/index.js';
import { FakeMachine, noise } from './fake-machine.js';

const CALL_MS = 0.05;

/** What a trial plays on the machine: the time of one call of a side, given the machine's present mood. */
interface Script {
  readonly ratio: number;
  readonly budget?: number;
  readonly scatter?: number;
  readonly wander?: number;
  readonly stalls?: number;
  /** By how much the whole machine is slower at the time given. */
  readonly drift?: (now: number) => number;
  /** By how much the call right after one of the other side is slower. */
  readonly second?: number;
}

async function trial(seed: number, script: Script): Promise<ComparisonResult> {
  const machine = new FakeMachine();
  const factor = noise({ seed, ...script });
  let round = 0;
  const side = (cost: number) => (): void => {
    const position = round++ % 2 === 0 ? 1 : (script.second ?? 1);
    machine.spend(cost * factor() * position * (script.drift?.(machine.now) ?? 1));
  };
  // The two probing calls and every round have two calls: even calls come first, odd ones second.
  return new PerformanceBenchmark(machine.options(seed)).compare(
    { base: side(CALL_MS), candidate: side(CALL_MS * script.ratio) },
    { budget: script.budget ?? 100, batch: 1 },
  );
}

async function trials(
  count: number,
  script: Script,
): Promise<{ verdicts: Record<Verdict, number>; covered: number; results: ComparisonResult[] }> {
  const verdicts = { faster: 0, slower: 0, same: 0, undecided: 0 };
  const results: ComparisonResult[] = [];
  let covered = 0;
  for (let seed = 1; seed <= count; seed++) {
    const result = await trial(seed, script);
    verdicts[result.verdict] += 1;
    if (result.interval[0] <= script.ratio && script.ratio <= result.interval[1]) covered += 1;
    results.push(result);
  }
  return { verdicts, covered: covered / count, results };
}

const machines: [string, Partial<Script>][] = [
  ['a quiet machine', { scatter: 0.01 }],
  ['a noisy machine', { scatter: 0.05, wander: 0.1, stalls: 0.02 }],
  ['a machine that becomes twice as slow', { scatter: 0.03, drift: (now) => 1 + now / 100 }],
  ['a machine that slows down whoever comes second', { scatter: 0.03, second: 1.08 }],
];

describe.each(machines)('on %s', (_, script) => {
  it('the same function twice is never called faster or slower in 300 trials', async () => {
    const { verdicts } = await trials(300, { ratio: 1, ...script });
    expect(verdicts).toMatchObject({ faster: 0, slower: 0 });
    expect(verdicts.same).toBeGreaterThan(30);
  });

  it.each([
    [1.05, 'slower'],
    [1 / 1.05, 'faster'],
  ] as const)(
    'a true ratio of %s is found in at least 99 of 100 trials, and never the other way round',
    async (ratio, verdict) => {
      const { verdicts } = await trials(100, { ratio, ...script, budget: 200 });
      expect(verdicts[verdict]).toBeGreaterThanOrEqual(99);
      expect(verdicts[verdict] + verdicts.undecided).toBe(100);
    },
  );

  it('the interval holds the true ratio in at least 95 % of 300 trials, although the run stops when it likes the answer', async () => {
    const { covered } = await trials(300, { ratio: 1.02, ...script });
    expect(covered).toBeGreaterThanOrEqual(0.95);
  });
});

describe('looking several times', () => {
  it('misjudges a ratio right on the edge of the margin in at most 5 % of trials', async () => {
    const { verdicts } = await trials(400, { ratio: 1.01, scatter: 0.02, budget: 200 });
    expect(verdicts.faster).toBe(0);
    expect((verdicts.slower + verdicts.same) / 400).toBeLessThanOrEqual(0.05);
  });

  it('stops early when the difference is large, and goes on when it is small', async () => {
    const large = await trial(1, { ratio: 2, scatter: 0.03 });
    const small = await trial(1, { ratio: 1.013, scatter: 0.03 });
    expect(large.elapsedMs).toBeLessThan(40);
    expect(small.elapsedMs).toBeGreaterThan(90);
    expect(small.elapsedMs).toBeLessThanOrEqual(100.5);
  });

  it('says how much longer an open question would take, and that much decides it in most trials', async () => {
    let decided = 0;
    let open = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const script = { ratio: 1.03, scatter: 0.12 };
      const { verdict, moreMs, elapsedMs } = await trial(seed, script);
      if (verdict !== 'undecided' || moreMs === undefined || moreMs > 2000) continue;
      open += 1;
      const longer = await trial(seed + 1000, { ...script, budget: (elapsedMs + moreMs) * 1.5 });
      if (longer.verdict !== 'undecided') decided += 1;
    }
    expect(open).toBeGreaterThan(20);
    expect(decided / open).toBeGreaterThan(0.5);
  });
});

describe('what it warns of', () => {
  const codes = (result: ComparisonResult): string[] => result.warnings.map(({ code }) => code);

  it('an order effect, by its size, and not in the ratio', async () => {
    const result = await trial(3, { ratio: 1, scatter: 0.01, second: 1.08 });
    expect(result.verdict).toBe('same');
    expect(result.orderEffect?.factor).toBeCloseTo(1.08, 2);
    expect(codes(result)).toContain('order-effect');
  });

  it('nothing on a quiet machine', async () => {
    const result = await trial(3, { ratio: 1.05, scatter: 0.01 });
    expect(codes(result)).toEqual([]);
  });

  it('noise, when pair ratios scatter by more than a tenth', async () => {
    expect(codes(await trial(3, { ratio: 1, scatter: 0.2 }))).toContain('noisy');
  });

  it('a ratio that moves while it is measured', async () => {
    const machine = new FakeMachine();
    const factor = noise({ seed: 5, scatter: 0.03 });
    const result = await new PerformanceBenchmark(machine.options()).compare(
      {
        base: () => {
          machine.spend(CALL_MS * factor());
        },
        candidate: () => {
          machine.spend(CALL_MS * factor() * (machine.now < 60 ? 1 : 1.03));
        },
      },
      { budget: 100 },
    );
    expect(codes(result)).toContain('drift');
  });
});
