/**
 * Tasks side by side: each run is a fresh process, and the tasks take turns, so that whatever slows the machine for a
 * while slows all of them. Memory is what the process held at its peak above what it held before the task began.
 */
import type { PerformanceBenchmark } from './bench.js';

const MB = 2 ** 20;

/** A function of a module, called in a process of its own. */
export interface Task {
  readonly module: string | URL;
  readonly export: string;
  readonly args?: unknown;
}

/** The runs of one task, in order. */
export interface Runs {
  readonly ms: readonly number[];
  /** Bytes above the start. */
  readonly growth: readonly number[];
}

/** Runs every task once a round. */
export async function inTurn<Name extends string>(
  benchmark: PerformanceBenchmark,
  tasks: Readonly<Record<Name, Task>>,
  rounds: number,
): Promise<Record<Name, Runs>> {
  const names = Object.keys(tasks) as Name[];
  const runs = Object.fromEntries(names.map((name) => [name, { ms: [], growth: [] }])) as unknown as Record<
    Name,
    { ms: number[]; growth: number[] }
  >;
  for (let round = 0; round < rounds; round++) {
    // Each in another place every round: the disk cache and the clock of the processor favour none.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      if (name === undefined) continue;
      const { durationMs, peakBytes } = await benchmark.profileMemory(name, tasks[name], {
        runs: 1,
        timeout: '15m',
      });
      runs[name].ms.push(durationMs);
      runs[name].growth.push(peakBytes);
    }
  }
  return runs;
}

/** `median (least..most)`. */
export function spread(values: readonly number[], digits = 0): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = NaN] = sorted;
  const most = sorted.at(-1) ?? NaN;
  const middle = median(values).toFixed(digits);
  return values.length === 1 ? middle : `${middle} (${least.toFixed(digits)}..${most.toFixed(digits)})`;
}

/** How many times as much as `base` took in the same round, in the middle and at the ends. */
export function ratios(values: readonly number[], base: readonly number[]): string {
  return spread(
    values.map((value, i) => value / (base[i] ?? NaN)),
    2,
  );
}

/** Rows for `Bench.table`: milliseconds, MB/s of `bytes`, growth in MB, and both beside the first task. */
export function rowsOf(runs: Readonly<Record<string, Runs>>, bytes: number): string[][] {
  const [first] = Object.values(runs);
  if (first === undefined) return [];
  return Object.entries(runs).map(([name, { ms, growth }]) => [
    name,
    spread(ms),
    (bytes / MB / (median(ms) / 1000)).toFixed(0),
    spread(growth.map((held) => held / MB)),
    ...(ms === first.ms ? ['', ''] : [ratios(ms, first.ms), ratios(growth, first.growth)]),
  ]);
}

export const COLUMNS = ['', 'ms', 'MB/s', 'growth MB', 'times as long', 'times the growth'] as const;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}
