/** What compression costs beside its size: noise against a copy, the event loop, and JavaScript without WebAssembly. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { Compressor } from '@perf/compression';
import type { Bench } from '@perf/tooling-bench';
import { bytesOf, NUMBERS } from './payloads.js';

export default async function benches({ benchmark, comparison, table, quick }: Bench): Promise<void> {
  // Memory that was left behind is free again before each call: fresh memory can cost more than the work.
  const run = { budget: quick ? '500ms' : '6s', batch: 1, setup: () => globalThis.gc?.() };
  const compressor = new Compressor();
  const random = bytesOf(NUMBERS['random']?.() ?? new Uint8Array(0));
  comparison(
    'random bytes: 10 MB, kept raw',
    await benchmark.compare(
      {
        copy: () => new Uint8Array(random),
        '@perf/compression': () => compressor.compressSync(random),
        'gzip-1': () => gzipSync(random, { level: 1 }),
      },
      run,
    ),
  );
  const portable = new Compressor({ portable: true, codec: 'columnar' });
  for (const name of ['walk', 'ids', 'timestamps']) {
    const data = NUMBERS[name]?.() ?? new Uint8Array(0);
    const bytes = bytesOf(data);
    const frame = compressor.compressSync(data);
    comparison(
      `${name}: compress 10 MB in plain JavaScript, the checksums too`,
      await benchmark.compare(
        {
          'gzip-1': () => gzipSync(bytes, { level: 1 }),
          WebAssembly: () => compressor.compressSync(data),
          JavaScript: () => portable.compressSync(data),
        },
        run,
      ),
    );
    comparison(
      `${name}: decompress 10 MB`,
      await benchmark.compare(
        {
          WebAssembly: () => compressor.decompressSync(frame),
          JavaScript: () => portable.decompressSync(frame),
        },
        run,
      ),
    );
  }
  table(
    'delay of the event loop in ms while 100 MB are worked on (5 ms between two looks)',
    ['what', 'time', 'p50', 'p99', 'most'],
    await delays(quick ? 10 : 100),
  );
  await compressor.close();
}

async function delays(megabytes: number): Promise<string[][]> {
  const rows: string[][] = [];
  const numbers = Float64Array.from(
    { length: (megabytes * 2 ** 20) / 8 },
    (_, i) => ((i * 7919) % 100_003) / 100,
  );
  const text = new TextEncoder().encode('a line of text, and its number: 12345\n'.repeat(megabytes * 27_000));
  const idle = new Promise<void>((resolve) => setTimeout(resolve, 1000));
  rows.push(await watched('idle', () => idle));
  for (const [level, threads] of [
    ['fast', 1],
    ['fast', 0],
    ['balanced', 1],
    ['small', 1],
  ] as const) {
    const compressor = new Compressor({ level, threads });
    const where = threads === 0 ? ', no threads' : '';
    // Threads that are there already: starting them is paid once.
    const frame = await compressor.compress(numbers.subarray(0, 2 ** 18));
    await compressor.decompress(frame);
    if (level !== 'small') {
      let made = frame;
      rows.push(
        await watched(`numbers, ${level}${where}`, async () => {
          made = await compressor.compress(numbers);
        }),
      );
      rows.push(await watched(`and back${where}`, () => compressor.decompress(made)));
    } else {
      rows.push(
        await watched('numbers, small, a tenth of it', () =>
          compressor.compress(numbers.subarray(0, numbers.length / 10)),
        ),
      );
    }
    await compressor.close();
  }
  const compressor = new Compressor();
  rows.push(await watched('text', () => compressor.compress(text)));
  await compressor.close();
  return rows;
}

async function watched(what: string, work: () => Promise<unknown>): Promise<string[]> {
  const resolution = 5;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const begun = performance.now();
  await work();
  const took = performance.now() - begun;
  histogram.disable();
  const ms = (nanoseconds: number): string => Math.max(0, nanoseconds / 1e6 - resolution).toFixed(1);
  return [
    what,
    took.toFixed(0),
    ms(histogram.percentile(50)),
    ms(histogram.percentile(99)),
    ms(histogram.max),
  ];
}
