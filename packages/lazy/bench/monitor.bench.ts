/** What it costs to know how much memory there is. */
import { Ledger, MemoryMonitor } from '@perf/lazy';
import type { Bench } from '@perf/tooling-bench';

export default async function run({ benchmark, measurements, quick }: Bench): Promise<void> {
  const budget = quick ? '200ms' : '2s';
  using monitor = new MemoryMonitor();
  const account = new Ledger().open('bench');
  measurements('Reading memory', [
    await benchmark.measure('MemoryMonitor.readNow', () => monitor.readNow().usedBytes, { budget }),
    await benchmark.measure('MemoryMonitor.pressure, read lately', () => monitor.pressure, { budget }),
    await benchmark.measure('process.memoryUsage', () => process.memoryUsage().rss, { budget }),
    await benchmark.measure(
      'an entry in the ledger and out again',
      () => {
        account.take(8);
        account.give(8);
        return account.bytes;
      },
      { budget },
    ),
  ]);
}
