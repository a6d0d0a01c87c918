/** A checksummed frame against the bare codecs: node:zlib at level 1 and fflate, on text and on noise of 1 MB. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Compressor } from '@perf/compression';
import { callable, type Bench } from '@perf/tooling-bench';

const BYTES = 2 ** 20;

export default async function run({ benchmark, peer, comparison, figures, quick }: Bench): Promise<void> {
  const fflate = await peer('fflate');
  const gzip = callable(fflate, 'gzipSync');
  const gunzip = callable(fflate, 'gunzipSync');
  const compressor = new Compressor();
  const budget = quick ? '300ms' : '3s';
  const payloads = { csv: csv(), noise: noise() };

  for (const [name, bytes] of Object.entries(payloads)) {
    const frame = compressor.compressSync(bytes);
    const bare = gzipSync(bytes, { level: 1 });
    figures(`${name}: size of 1 MB`, {
      'gzip-1': ratio(bytes.length / bare.length),
      '@perf/compression': ratio(bytes.length / frame.length),
    });
    comparison(
      `${name}: compress`,
      await benchmark.compare(
        {
          'node:zlib gzip-1': () => gzipSync(bytes, { level: 1 }),
          'fflate gzip-1': () => gzip(bytes, { level: 1 }),
          '@perf/compression': () => compressor.compressSync(bytes),
        },
        { budget },
      ),
    );
    comparison(
      `${name}: decompress, ours with all checksums verified`,
      await benchmark.compare(
        {
          'node:zlib gunzip': () => gunzipSync(bare),
          'fflate gunzip': () => gunzip(bare),
          '@perf/compression': () => compressor.decompressSync(frame),
        },
        { budget },
      ),
    );
  }
  await compressor.close();
}

function ratio(value: number): string {
  return `${value.toFixed(2)} times smaller`;
}

/** Lines of an order table, drawn by a fixed sequence. */
function csv(): Uint8Array {
  const cities = ['Lagos', 'Lima', 'Lyon', 'Leeds', 'Łódź'];
  let text = '';
  let draw = 1;
  for (let id = 1; text.length < BYTES; id++) {
    draw = (draw * 48_271) % 2_147_483_647;
    text += `${String(id)},${cities[draw % 5] ?? ''},${((draw % 100_000) / 100).toFixed(2)},${String(draw % 12)}\n`;
  }
  return Buffer.from(text).subarray(0, BYTES);
}

function noise(): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  let draw = 1;
  for (let i = 0; i < BYTES; i++) {
    draw = (draw * 48_271) % 2_147_483_647;
    bytes[i] = draw >>> 8;
  }
  return bytes;
}
