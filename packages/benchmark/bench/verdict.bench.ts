/**
 * Whether verdicts can be trusted: a function against itself, and against exactly 5 % and 2 % more of the same work, in 200 ms a
 * pair. tinybench and mitata get the same 200 ms; they give no verdict, so theirs is the reader's: means more than 3 % apart.
 * They always take all of their time, so they get fewer trials.
 */
import { PerformanceBenchmark } from '@perf/benchmark';
// @boundaries-ignore the runner depends on this package, so it cannot be a dependency of it
import type { Bench } from '../../../tooling/bench/src/bench.js';
import { FakeMachine, noise } from '../test/fake-machine.js';
import { loadMitata, loadPeers } from './peers.js';
import { WORK, type Work } from './work.js';

const PAIR_MS = 200;
const READERS_MARGIN = 0.03;
const BASE_UNITS = 100;

type Judgement = 'faster' | 'slower' | 'other';

interface Harness {
  readonly name: string;
  judge(base: () => unknown, candidate: () => unknown): Promise<{ judgement: Judgement; ms: number }>;
}

export default async function run(bench: Bench): Promise<void> {
  const trials = bench.quick ? { ours: 20, theirs: 20 } : { ours: 300, theirs: 60 };
  const harnesses = [ours(bench), ...(await readers(bench))];
  for (const work of WORK) {
    for (const more of [0, 5, 2]) {
      const title =
        more === 0
          ? `${work.name}: the same function twice, called different`
          : `${work.name}: ${String(more)} % more of the same work, found`;
      const lines: Record<string, string> = {};
      for (const [index, harness] of harnesses.entries()) {
        lines[harness.name] = await tried(harness, work, more, index === 0 ? trials.ours : trials.theirs);
      }
      bench.figures(title, lines);
    }
  }
  await overhead(bench);
  await coverage(bench);
}

function ours({ benchmark }: Bench): Harness {
  return {
    name: '@perf/benchmark',
    async judge(base, candidate) {
      const { verdict, elapsedMs } = await benchmark.compare({ base, candidate }, { budget: PAIR_MS });
      return { judgement: verdict === 'faster' || verdict === 'slower' ? verdict : 'other', ms: elapsedMs };
    },
  };
}

async function readers(bench: Bench): Promise<Harness[]> {
  return (await loadPeers(bench)).map(({ name, ratio }) => ({
    name: `${name}, means ${String(100 * READERS_MARGIN)} % apart`,
    async judge(base, candidate) {
      const began = performance.now();
      const found = await ratio(base, candidate, PAIR_MS);
      const ms = performance.now() - began;
      if (found > 1 + READERS_MARGIN) return { judgement: 'slower', ms };
      return { judgement: found < 1 / (1 + READERS_MARGIN) ? 'faster' : 'other', ms };
    },
  }));
}

async function tried(harness: Harness, work: Work, more: number, trials: number): Promise<string> {
  const count = { faster: 0, slower: 0, other: 0 };
  const times: number[] = [];
  for (let i = 0; i < trials; i++) {
    const base = work.units(BASE_UNITS);
    const { judgement, ms } = await harness.judge(base, more === 0 ? base : work.units(BASE_UNITS + more));
    count[judgement] += 1;
    times.push(ms);
  }
  const share = (part: number): string => `${((100 * part) / trials).toFixed(1)} %`;
  const usual = `${middle(times).toFixed(0)} ms to a verdict, ${String(trials)} trials`;
  if (more === 0) return `${share(count.faster + count.slower)}; ${usual}`;
  return `${share(count.slower)}, wrong sign ${String(count.faster)}; ${usual}`;
}

async function overhead(bench: Bench): Promise<void> {
  const mitata = await loadMitata(bench);
  const numbers = Float64Array.from({ length: 400 }, (_, i) => i % 7);
  let state = 1;
  const functions: Record<string, () => unknown> = {
    empty: () => undefined,
    'some 5 ns': () => {
      for (let i = 0; i < 4; i++) state = (5 * state + i) & 0xffff;
      return state;
    },
    'some 1.5 us': () => {
      let total = 0;
      for (const n of numbers) total += n;
      return total;
    },
  };
  const lines: Record<string, string> = {};
  for (const [name, work] of Object.entries(functions)) {
    const { time } = await bench.benchmark.measure(name, work, { budget: PAIR_MS });
    const { medianNs } = await mitata(work, PAIR_MS);
    lines[name] = `@perf/benchmark ${(time.p50 * 1e6).toFixed(1)} ns, mitata ${medianNs.toFixed(1)} ns`;
  }
  bench.figures('Nanoseconds per call, the harness included', lines);
}

async function coverage(bench: Bench): Promise<void> {
  const trials = bench.quick ? 200 : 2000;
  const ratio = 1.02;
  let covered = 0;
  for (let seed = 1; seed <= trials; seed++) {
    const machine = new FakeMachine();
    const factor = noise({ seed, scatter: 0.04, wander: 0.05, stalls: 0.01 });
    const spend = (ms: number) => (): void => {
      machine.spend(ms * factor());
    };
    const { interval } = await new PerformanceBenchmark(machine.options(seed)).compare(
      { base: spend(0.05), candidate: spend(0.05 * ratio) },
      { budget: 100, batch: 1 },
    );
    if (interval[0] <= ratio && ratio <= interval[1]) covered += 1;
  }
  bench.figures('Intervals at 95 % that hold the true ratio, scripted noise', {
    [`${String(trials)} trials`]: `${((100 * covered) / trials).toFixed(2)} %`,
  });
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
