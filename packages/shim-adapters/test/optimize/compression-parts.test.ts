import { ConversionCache } from '@perf/cache';
import { Compressor, type Columns } from '@perf/compression';
import { WorkerExecutor } from '@perf/lazy';
import { describe, expect, it } from 'vitest';

// The real classes of the other packages, joined by hand: what each takes as a port is what the other is.

const table = (): Columns => ({
  price: Float64Array.from({ length: 300_000 }, (_, i) => ((i * 7919) % 100_003) / 100),
  city: Array.from({ length: 1000 }, (_, i) => ['Lima', null, 'Łódź'][i % 3] ?? null),
});

describe('a cache of columns', () => {
  it('keeps them compressed by the codec of a compressor, and gives them back', async () => {
    await using compressor = new Compressor({ level: 'balanced' });
    const cache = new ConversionCache<Columns>({
      compression: compressor.columnCodec(),
      compressAbove: '100KB',
    });
    cache.set('table', table());
    const before = cache.bytes;
    await cache.settled();
    expect(cache.getEntry('table')?.compressed).toBe(true);
    expect(cache.bytes).toBeLessThan(before / 3);
    expect(await cache.getAsync('table')).toEqual(table());
    cache.close();
  });
});

describe('an executor of worker threads', () => {
  it('does the work of a compressor, which starts no thread of its own', async () => {
    const executor = new WorkerExecutor({ threads: 1 });
    await using compressor = new Compressor({ executor });
    const { price } = table();
    if (!(price instanceof Float64Array)) throw new Error('prices are numbers');
    const frame = await compressor.compress(price);
    expect(await compressor.decompress(frame)).toEqual(price);
    expect(compressor.inspect(frame).codec).toBe('columnar');
    expect(compressor.stats().threads).toBe(0);
    await executor.close();
  });
});
