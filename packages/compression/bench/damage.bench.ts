/** How many flipped bits are noticed: every bit of a small frame of each codec, 10,000 random ones of large frames. */
import { Compressor, type CompressorOptions } from '@perf/compression';
import type { Bench } from '@perf/tooling-bench';

const RANDOM_FLIPS = 10_000;

export default function run({ table, quick }: Bench): Promise<void> {
  const codecs = ['none', 'gzip', 'deflate', 'brotli', 'zstd', 'columnar'] as const;
  const flips = quick ? 100 : RANDOM_FLIPS;
  const rows = codecs.map((codec) => {
    const small = frameOf({ codec }, 60);
    const large = frameOf({ codec }, 40_000);
    const all = Array.from({ length: small.frame.byteLength * 8 }, (_, bit) => bit);
    let state = 1;
    const some = Array.from({ length: flips }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state % (large.frame.byteLength * 8);
    });
    return [
      small.name,
      `${String(noticed(small.frame, all))} of ${String(all.length)}`,
      `${String(noticed(large.frame, some))} of ${String(some.length)}`,
      `${String(large.frame.byteLength)} bytes`,
    ];
  });
  table(
    'flipped bits that raise an error',
    ['codec', 'of a small frame', 'of a large frame', 'which has'],
    rows,
  );
  return Promise.resolve();
}

function frameOf(options: CompressorOptions, length: number): { name: string; frame: Uint8Array } {
  const compressor = new Compressor({ ...options, minBytes: 0 });
  const frame = compressor.compressSync(Float64Array.from({ length }, (_, i) => ((i * 7919) % 997) / 100));
  const { codec } = compressor.inspect(frame);
  return {
    name: codec === options.codec ? codec : `${String(options.codec)} (${codec} in its place)`,
    frame,
  };
}

function noticed(frame: Uint8Array, bits: readonly number[]): number {
  const reader = new Compressor();
  const damaged = frame.slice();
  return bits.filter((bit) => {
    const byte = bit >> 3;
    damaged[byte] = (damaged[byte] ?? 0) ^ (1 << (bit & 7));
    try {
      reader.decompressSync(damaged);
      return false;
    } catch {
      return true;
    } finally {
      damaged[byte] = frame[byte] ?? 0;
    }
  }).length;
}
