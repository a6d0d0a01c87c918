/** What the optimised path adds to a cache hit: `converter.convert` over the bare cache, with a declared identity. */
import { ConversionCache } from '@perf/cache';
import { defaultRegistry, optimize, requestKey, type ConversionResult } from '@perf/shim-adapters';
import type { Bench } from '@perf/tooling-bench';

export default async function run({ benchmark, comparison, quick }: Bench): Promise<void> {
  const cache = new ConversionCache<ConversionResult>();
  const registry = defaultRegistry();
  const converter = optimize(registry, { cache });
  const request = {
    source: { value: 'a,b\n1,2\n', id: 'small.csv', version: '1' },
    from: 'csv',
    to: 'columns',
  } as const;
  await converter.convert(request);
  const path = registry.path(request);
  if (path === null) throw new Error('no route');
  const key = requestKey(request, path);

  comparison(
    'A repeated conversion',
    await benchmark.compare(
      {
        'bare cache.getAsync': () => cache.getAsync(key),
        'converter.convert': () => converter.convert(request),
        'registry.convert (no cache)': () => registry.convert(request),
      },
      { budget: quick ? '300ms' : '3s' },
    ),
  );
}
