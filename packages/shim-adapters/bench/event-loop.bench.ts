/** How long the event loop stands still while a large csv becomes columns: converted here, in batches, on a thread. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkerExecutor } from '@perf/lazy';
import { defaultRegistry, optimize, type SelectorLike } from '@perf/shim-adapters';
import type { Bench } from '@perf/tooling-bench';
import { BenchFiles } from './files.js';
import { spread } from '@perf/tooling-bench/rounds';

/** Milliseconds; what the monitor's own timer adds, too. */
const RESOLUTION = 1;

/** Everything on another thread, to see what that does. */
const elsewhere: SelectorLike = {
  select: () => ({ strategy: 'parallel', fallbacks: [], reason: 'the bench asks for it' }),
  feedback: () => undefined,
  explain: () => 'the bench asks for it',
};

export default async function run({ table, quick }: Bench): Promise<void> {
  using files = new BenchFiles();
  const { path, bytes } = files.mixed(quick ? 20_000 : 1_000_000);
  const registry = defaultRegistry();
  const executor = new WorkerExecutor({ threads: 1 });
  const converter = optimize(registry, { executor, selector: elsewhere });
  const request = { source: { path }, from: 'csv', to: 'columns' } as const;
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'here, at once': () => registry.convert(request),
    'here, batch by batch': async () => {
      let rows = 0;
      for await (const batch of registry.stream(request)) rows += batch.rows;
      return rows;
    },
    'on a thread': () => converter.convert(request),
  };
  const rows: string[][] = [];
  for (const [name, convert] of Object.entries(ways)) {
    const runs = { ms: [] as number[], p99: [] as number[], max: [] as number[] };
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      const { ms, p99, max } = await watched(convert);
      runs.ms.push(ms);
      runs.p99.push(p99);
      runs.max.push(max);
    }
    rows.push([name, spread(runs.ms), spread(runs.p99, 1), spread(runs.max, 1)]);
  }
  table(
    `${(bytes / 2 ** 20).toFixed(1)} MB of csv to columns: delay of the event loop`,
    ['converted', 'ms', 'delay p99, ms', 'delay max, ms'],
    rows,
  );
  await converter.close();
  await executor.close();
}

async function watched(convert: () => Promise<unknown>): Promise<{ ms: number; p99: number; max: number }> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  // The monitor counts from its second turn on.
  delay.enable();
  await pause(20);
  delay.reset();
  const started = performance.now();
  await convert();
  const ms = performance.now() - started;
  await pause(20);
  delay.disable();
  return { ms, p99: delay.percentile(99) / 1e6 - RESOLUTION, max: delay.max / 1e6 - RESOLUTION };
}
