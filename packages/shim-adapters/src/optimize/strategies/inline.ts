import type { AdapterRegistry } from '../../registry.js';
import type { StrategyRun } from './strategy.js';

/** Right here, in one go. */
export function inlineRun(registry: AdapterRegistry): StrategyRun {
  return {
    name: 'cache-first',
    can: () => true,
    run: ({ path, request, options }) => registry.convertAlong(path, request, options),
  };
}
