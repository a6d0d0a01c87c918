/** Every payload at level `balanced` against gzip levels 1 and 6, and the distance to the entropy of the best model. */
import { gzipSync } from 'node:zlib';
import { Compressor } from '@perf/compression';
import type { Bench } from '@perf/tooling-bench';
import { bytesOf, flights, NUMBERS, texts } from './payloads.js';

export default async function run({ peer, table }: Bench): Promise<void> {
  const compressors = (['fast', 'balanced'] as const).map((level) => new Compressor({ level }));
  const payloads = {
    ...Object.fromEntries(Object.entries(NUMBERS).map(([name, make]) => [name, make()])),
    ...(await flights(peer)),
    ...(await texts(peer)),
  };
  const rows: string[][] = [];
  for (const [name, data] of Object.entries(payloads)) {
    const bytes = bytesOf(data);
    const [fast = 0, balanced = 0] = compressors.map(
      (compressor) => compressor.compressSync(data).byteLength,
    );
    const [one = 0, six = 0] = [1, 6].map((level) => gzipSync(bytes, { level }).byteLength);
    const frame = compressors[1]?.compressSync(data) ?? bytes;
    const info = compressors[1]?.inspect(frame);
    const ratio = (size: number): string => (bytes.byteLength / size).toFixed(2);
    rows.push([
      name,
      ratio(one),
      ratio(six),
      ratio(fast),
      ratio(balanced),
      (one / balanced).toFixed(2),
      (six / balanced).toFixed(2),
      info?.filters[0]?.chain ?? info?.codec ?? '',
    ]);
  }
  table(
    'ratios: gzip, ours, and how many times smaller ours at `balanced` is',
    ['payload', 'gzip-1', 'gzip-6', 'fast', 'balanced', '/ gzip-1', '/ gzip-6', 'by'],
    rows,
  );
  table(
    'bits per number at `balanced` against the entropy of the model that the payload was drawn from',
    ['payload', 'bits', 'entropy', 'of the best possible ratio'],
    Object.entries(MODELS).map(([name, model]) => {
      const data = NUMBERS[name]?.() ?? new Uint8Array(0);
      const frame = compressors[1]?.compressSync(data) ?? data;
      const bits = (frame.byteLength * 8) / data.length;
      const entropy = model(data);
      return [name, bits.toFixed(3), entropy.toFixed(3), `${((100 * entropy) / bits).toFixed(1)} %`];
    }),
  );
  for (const compressor of compressors) await compressor.close();
}

type Model = (data: ArrayLike<number | bigint>) => number;

/** The entropy of what was drawn for each number: its step, its cents, its class. */
const MODELS: Readonly<Record<string, Model>> = {
  walk: (data) => entropyOf(data, (value, before) => Math.round((value - before) * 100)),
  ids: (data) => entropyOf(data, (value, before) => value - before),
  timestamps: (data) => entropyOf(data, (value, before) => value - before),
  'timestamps as doubles': (data) => entropyOf(data, (value, before) => value - before),
  prices: () => Math.log2(100_001),
  category: (data) => entropyOf(data, (value) => value),
  // That of the density, and of the places of a double: the logarithm of how close to each other they are.
  noise: (data) => {
    let places = 0;
    for (let index = 0; index < data.length; index++) {
      places += 52 - Math.floor(Math.log2(Math.abs(Number(data[index]))));
    }
    return Math.log2(Math.sqrt(2 * Math.PI * Math.E)) + places / data.length;
  },
};

/** Order-0 entropy of what a number says beyond the one before it. */
function entropyOf(
  data: ArrayLike<number | bigint>,
  novelty: (value: number, before: number) => number,
): number {
  const counts = new Map<number, number>();
  for (let index = 1; index < data.length; index++) {
    const novel = novelty(Number(data[index]), Number(data[index - 1]));
    counts.set(novel, (counts.get(novel) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits += (count / data.length) * Math.log2(data.length / count);
  return bits;
}
