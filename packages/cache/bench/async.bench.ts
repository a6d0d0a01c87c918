/** `getOrConvert` that hits, against awaiting a promise in a Map and against the async caches people use. */
import { ConversionCache } from '@perf/cache';
import { callable, construct, type Bench } from '@perf/tooling-bench';

const KEY = 'kept';
const make = (): number => 1;

export default async function run({ benchmark, comparison, peer, quick }: Bench): Promise<void> {
  const plain = new Map([[KEY, Promise.resolve(1)]]);
  const cache = new ConversionCache<number>().set(KEY, 1);
  const cacheable = construct(await peer('cacheable'), 'Cacheable', {});
  await callable(cacheable, 'set')(KEY, 1, '1h');
  const bentocache = await peer('bentocache');
  const memory = callable(await peer('bentocache/drivers/memory'), 'memoryDriver')({ maxItems: 1000 });
  const store = callable(callable(bentocache, 'bentostore')(), 'useL1Layer')(memory);
  const bento = construct(bentocache, 'BentoCache', { default: 'memory', stores: { memory: store } });
  const getOrSet = callable(bento, 'getOrSet');
  await getOrSet({ key: KEY, factory: make, ttl: '1h' });
  comparison(
    'getOrConvert that hits, against awaiting a promise kept in a Map',
    await benchmark.compare(
      {
        'await map.get': async () => plain.get(KEY),
        '@perf/cache getOrConvert': () => cache.getOrConvert(KEY, make),
        'cacheable get': () => callable(cacheable, 'get')(KEY),
        'bentocache getOrSet': () => getOrSet({ key: KEY, factory: make, ttl: '1h' }),
      },
      { budget: quick ? '300ms' : '8s' },
    ),
  );
}
