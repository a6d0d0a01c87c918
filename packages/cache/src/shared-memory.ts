import { SystemMemory } from '@perf/internal/memory/system-memory';
import { invalidOption } from './cache-error.js';

let shared: SystemMemory | undefined;

/** One reading for all caches of the process that were given no memory of their own. */
export function sharedSystemMemory(): SystemMemory {
  shared ??= new SystemMemory({}, invalidOption);
  return shared;
}
