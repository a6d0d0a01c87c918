import { availableParallelism } from 'node:os';

/** More threads than these gain little: what is left is copying. */
const MOST = 2;

/** Threads for a host: one less than it has cores, so that one is left for the event loop. */
export function usualThreads(): number {
  return Math.min(MOST, Math.max(1, availableParallelism() - 1));
}
