/** Typed arrays at level `fast` against gzip level 1, whose ratio and speed are the bars, and beside other codecs. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Compressor } from '@perf/compression';
import type { Bench } from '@perf/tooling-bench';
import { bytesOf, flights, NUMBERS } from './payloads.js';
import { generalPeers, type Peer } from './peers.js';

/** What the ratio of gzip-1 must be beaten by. */
const BARS: Readonly<Record<string, number>> = { walk: 2.4, ids: 4, timestamps: 3 };
/** Rounds of which the table gives medians. */
const ROUNDS = 5;

export default async function benches(bench: Bench): Promise<void> {
  const { benchmark, comparison, figures, quick, table } = bench;
  const compressor = new Compressor();
  // Memory that was left behind is free again before each call: fresh memory can cost more than the work.
  const run = { budget: quick ? '500ms' : '10s', batch: 1, setup: () => globalThis.gc?.() };
  const lines: Record<string, string> = {};
  for (const [name, bar] of Object.entries(BARS)) {
    const data = NUMBERS[name]?.() ?? new Uint8Array(0);
    const bytes = bytesOf(data);
    const zipped = gzipSync(bytes, { level: 1 });
    const memory = new ArrayBuffer(bytes.byteLength);
    const allocate = (): ArrayBuffer => memory;
    const frame = compressor.compressSync(data);
    const gain = zipped.byteLength / frame.byteLength;
    const chain = compressor.inspect(frame).filters[0]?.chain ?? '';
    lines[name] =
      `${(bytes.byteLength / frame.byteLength).toFixed(2)} : 1 by ${chain}; gzip-1 ` +
      `${(bytes.byteLength / zipped.byteLength).toFixed(2)} : 1; ${gain.toFixed(2)} times smaller (bar ${String(bar)})`;
    comparison(
      `${name}: compress 10 MB`,
      await benchmark.compare(
        {
          'gzip-1': () => gzipSync(bytes, { level: 1 }),
          '@perf/compression': () => compressor.compressSync(data),
        },
        run,
      ),
    );
    comparison(
      `${name}: decompress 10 MB`,
      await benchmark.compare(
        {
          'gzip-1': () => gunzipSync(zipped),
          '@perf/compression': () => compressor.decompressSync(frame),
          'to given memory': () => compressor.decompressSync(frame, { allocate }),
        },
        run,
      ),
    );
  }
  figures('ratio at level fast', lines);

  const peers = await generalPeers(bench.peer);
  const all = {
    ...Object.fromEntries(Object.entries(NUMBERS).map(([n, make]) => [n, make()])),
    ...(await flights(bench.peer)),
  };
  for (const [name, data] of Object.entries(all)) {
    const ours: Peer[] = (['fast', 'balanced'] as const).map((level) => oursAt(level, data));
    const rows = measured([...ours, ...peers], bytesOf(data), quick ? 1 : ROUNDS);
    table(`${name}: ratio, and MB/s (medians of ${String(ROUNDS)} interleaved rounds)`, COLUMNS, rows);
  }
  await compressor.close();
}

const COLUMNS = ['codec', 'ratio', 'compress', 'decompress'];

/** Ours as a codec of bytes, whatever it is given: it compresses the numbers that the bytes are. */
function oursAt(level: 'fast' | 'balanced', data: Parameters<Compressor['compressSync']>[0]): Peer {
  const compressor = new Compressor({ level });
  return {
    name: `ours, ${level}`,
    compress: () => compressor.compressSync(data),
    decompress: (frame) => {
      compressor.decompressSync(frame);
      return frame;
    },
  };
}

/** Each codec once a round, one after the other, so that a slow moment of the machine meets all of them. */
function measured(peers: readonly Peer[], bytes: Uint8Array, rounds: number): string[][] {
  const times = peers.map(() => ({ there: [] as number[], back: [] as number[], size: 0 }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < peers.length; turn++) {
      // Another one begins each round: the first finds memory as the last has left it.
      const index = (turn + 2 * round) % peers.length;
      const peer = peers[index];
      const into = times[index];
      if (peer === undefined || into === undefined) continue;
      const { compress, decompress } = peer;
      globalThis.gc?.();
      const begun = performance.now();
      const packed = compress(bytes);
      into.there.push(performance.now() - begun);
      globalThis.gc?.();
      const between = performance.now();
      decompress(packed);
      into.back.push(performance.now() - between);
      into.size = packed.byteLength;
    }
  }
  const speed = (ms: number): string => (bytes.byteLength / 2 ** 20 / (ms / 1000)).toFixed(0);
  return peers.map(({ name }, index) => {
    const { there = [], back = [], size = 1 } = times[index] ?? {};
    return [name, (bytes.byteLength / size).toFixed(2), speed(median(there)), speed(median(back))];
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
