/** Buffers that are used again against fresh ones: speed, and the peak of a process that goes through many. */
import { MemoryPool } from '@perf/lazy';
import type { Bench } from '@perf/tooling-bench';
import { spread } from '@perf/tooling-bench/rounds';

const MODULE = new URL('./buffer-tasks.ts', import.meta.url);
const MB = 2 ** 20;

export default async function run({ benchmark, comparison, table, quick }: Bench): Promise<void> {
  const budget = quick ? '200ms' : '2s';
  using pool = new MemoryPool({ memory: false });
  for (const size of [64 * 1024, MB, 10 * MB]) {
    comparison(
      `${String(size / 1024)} KB, written once`,
      await benchmark.compare(
        {
          'fresh ArrayBuffer': () => new Uint8Array(size).fill(1).length,
          'fresh, not zeroed': () => Buffer.allocUnsafeSlow(size).fill(1).length,
          MemoryPool: () => {
            using lease = pool.acquire(size);
            return lease.bytes.fill(1).length;
          },
        },
        { budget },
      ),
    );
  }
  comparison(
    'a lease of 4 KB, taken and given back',
    await benchmark.compare(
      {
        'fresh ArrayBuffer': () => new ArrayBuffer(4096).byteLength,
        MemoryPool: () => {
          using lease = pool.acquire(4096);
          return lease.byteLength;
        },
      },
      { budget },
    ),
  );
  const args = { count: quick ? 20 : 300, bytes: 10 * MB };
  const rows: string[][] = [];
  for (const [name, task] of [
    ['fresh', 'fresh'],
    ['MemoryPool', 'pooled'],
  ] as const) {
    const peaks: number[] = [];
    const ms: number[] = [];
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      const profile = await benchmark.profileMemory(
        name,
        { module: MODULE, export: task, args },
        { runs: 1 },
      );
      peaks.push(profile.peakBytes / MB);
      ms.push(profile.durationMs);
    }
    rows.push([name, spread(ms), spread(peaks, 1)]);
  }
  table(`${String(args.count)} buffers of 10 MB, one after the other`, ['', 'ms', 'process peak MB'], rows);
}
