/** How long the event loop stands still while a csv of 127 MB is loaded: in the background, and right here. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { LazyLoadingManager, WorkerExecutor } from '@perf/lazy';
import { callable, type Bench } from '@perf/tooling-bench';
import { writeMixedTable } from '@perf/tooling-bench/mixed-table';
import { spread } from '@perf/tooling-bench/rounds';

/** Milliseconds; what the monitor's own timer adds, too. */
const RESOLUTION = 1;
const ROWS = 1_000_000;
const IDLE_MS = 2000;

interface LazyShim {
  open(request: object): { load(): Promise<unknown> };
}

export default async function run({ sibling, table, quick }: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'perf-lazy-bench-'));
  const executor = new WorkerExecutor({ threads: 1 });
  const background = new LazyLoadingManager({ executor });
  const inline = new LazyLoadingManager();
  try {
    const path = join(folder, 'mixed.csv');
    const bytes = writeMixedTable(path, quick ? 20_000 : ROWS);
    const adapters = await sibling('@perf/shim-adapters');
    const csv = callable(await sibling('@perf/shim-adapters/csv'), 'csvAdapter')();
    const withLazy = callable(adapters, 'withLazy');
    const request = { source: { path }, from: 'csv', to: 'columns' };
    const load = (manager: LazyLoadingManager) => async (): Promise<void> => {
      const table = (withLazy(csv, manager) as LazyShim).open(request);
      await table.load();
      Reflect.apply(callable(table, 'close'), table, []);
    };
    const ways = {
      'nothing (idle)': () => pause(quick ? 200 : IDLE_MS),
      'in the background, on a worker': load(background),
      'right here': load(inline),
    };
    const rounds = quick ? 1 : 5;
    const rows: string[][] = [];
    const runs = new Map<string, Watched[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, work] of Object.entries(ways)) {
        globalThis.gc?.();
        runs.set(name, [...(runs.get(name) ?? []), await watched(work)]);
      }
    }
    for (const [name, seen] of runs) {
      const cell = (pick: (one: Watched) => number, digits: number): string => spread(seen.map(pick), digits);
      rows.push([
        name,
        cell((s) => s.ms, 0),
        cell((s) => s.p99, 1),
        cell((s) => s.wait, 1),
        cell((s) => s.max, 1),
      ]);
    }
    table(
      `${String(bytes)} bytes of csv to columns: how late the event loop is, in ms`,
      ['meanwhile', 'ms', 'delay p99', 'wait p99', 'longest'],
      rows,
    );
  } finally {
    await background.close();
    await inline.close();
    await executor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Watched {
  readonly ms: number;
  /** As `monitorEventLoopDelay` has it: over its turns, so that one long one counts as much as a short one. */
  readonly p99: number;
  /** How long who comes at any moment waits, in all but 1 % of the cases: over time, so that a long turn counts in full. */
  readonly wait: number;
  readonly max: number;
}

async function watched(work: () => Promise<unknown>): Promise<Watched> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  const turns = new Turns();
  // The monitor counts from its second turn on.
  delay.enable();
  await pause(20);
  delay.reset();
  turns.begin();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  await pause(20);
  delay.disable();
  const lengths = turns.end();
  return {
    ms,
    p99: delay.percentile(99) / 1e6 - RESOLUTION,
    wait: waitOf(lengths, 0.99),
    max: delay.max / 1e6 - RESOLUTION,
  };
}

/** How long each turn of the event loop was, by a timer of a millisecond. */
class Turns {
  readonly #lengths: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last = 0;

  begin(): void {
    this.#last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lengths.push(Math.max(0, now - this.#last - RESOLUTION));
      this.#last = now;
    }, RESOLUTION);
  }

  end(): readonly number[] {
    clearInterval(this.#timer);
    return this.#lengths;
  }
}

/** The wait that a share of all moments does not exceed: a moment within a turn waits for the rest of it. */
function waitOf(turns: readonly number[], share: number): number {
  const idle = turns.length * RESOLUTION;
  const total = turns.reduce((sum, turn) => sum + turn, idle);
  const beyond = (wait: number): number =>
    turns.reduce((sum, turn) => sum + Math.max(0, turn - wait), 0) / total;
  let [low, high] = [0, Math.max(0, ...turns)];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (beyond(middle) > 1 - share) low = middle;
    else high = middle;
  }
  return high;
}
