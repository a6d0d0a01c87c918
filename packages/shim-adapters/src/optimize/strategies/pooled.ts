import type { AdapterRegistry } from '../../registry.js';
import type { Format } from '../../request.js';
import type { PoolLike } from '../ports.js';
import type { StrategyRun } from './strategy.js';

/** Written as bytes of their own: nothing of what they were made from is in them. */
const WRITTEN: ReadonlySet<Format> = new Set<Format>(['csv', 'json', 'ndjson', 'msgpack']);

/**
 * Right here, in buffers of a pool: the bytes of the source and the text that grows while it is written. The result is
 * copied out at the end, so the buffers can be lent again; what is kept alive by a result never comes from the pool.
 */
export function pooledRun(registry: AdapterRegistry, pool: PoolLike): StrategyRun {
  return {
    name: 'memory-pool',
    can: ({ hops }, { to }) => hops.length > 0 && WRITTEN.has(to),
    async run({ path, request, options }) {
      // Where a caller says where memory is to come from, it comes from there.
      if (options.allocate !== undefined) return registry.convertAlong(path, request, options);
      using scope = pool.scope();
      const { allocate } = scope;
      const result = await registry.convertAlong(path, request, { ...options, allocate });
      const { data } = result;
      return data instanceof Uint8Array ? { ...result, data: new Uint8Array(data) } : result;
    },
  };
}
