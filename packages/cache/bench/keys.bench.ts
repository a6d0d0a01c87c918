/** What a content key and the size of a value cost. */
import { fingerprint, sizeOf } from '@perf/cache';
import { callable, type Bench } from '@perf/tooling-bench';
import { Random } from './random.js';

const LARGE = 100 * 2 ** 20;

export default async function run({
  benchmark,
  comparison,
  measurements,
  peer,
  quick,
}: Bench): Promise<void> {
  const random = new Random(1);
  const bytes = Uint8Array.from({ length: 2 ** 20 }, () => random.below(256));
  const large = new Uint8Array(quick ? LARGE / 10 : LARGE);
  for (let at = 0; at < large.length; at += bytes.length) large.set(bytes.subarray(0, large.length - at), at);
  const copy = new Uint8Array(large.length);
  comparison(
    `fingerprint of ${String(large.length / 2 ** 20)} MB, against copying it`,
    await benchmark.compare(
      {
        'copy (memcpy)': () => {
          copy.set(large);
        },
        fingerprint: () => fingerprint(large),
        'fingerprint, sha256': () => fingerprint(large, { algorithm: 'sha256' }),
      },
      { budget: quick ? '1s' : '15s', batch: 1 },
    ),
  );
  const ohash = callable(await peer('ohash'), 'hash');
  const rows = rowsOf(10_000, random);
  comparison(
    'fingerprint of 10,000 rows of ten fields, against ohash',
    await benchmark.compare(
      { 'ohash hash': () => ohash(rows), fingerprint: () => fingerprint(rows) },
      { budget: quick ? '1s' : '10s', batch: 1 },
    ),
  );
  const many = rowsOf(50_000, random);
  measurements('sizeOf', [
    await benchmark.measure('50,000 rows of ten fields', () => sizeOf(many), {
      budget: quick ? '300ms' : '4s',
    }),
  ]);
}

function rowsOf(count: number, random: Random): object[] {
  const cities = ['Lyon', 'Leeds', 'Turku', 'Quito', 'Osaka'];
  return Array.from({ length: count }, (_, id) => ({
    id,
    name: `customer ${String(random.below(count))}`,
    email: `customer-${String(id)}@example.org`,
    city: cities[random.below(5)],
    price: random.below(100_000) / 100,
    quantity: random.below(20),
    discount: random.next() < 0.3 ? null : random.next(),
    paid: random.next() < 0.5,
    time: `2024-05-${String(1 + random.below(28)).padStart(2, '0')}T10:00:00.000Z`,
    score: random.next(),
  }));
}
