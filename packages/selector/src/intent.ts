import type { Estimate, Intent, SelectionContext } from './strategy.js';

export const INTENTS: readonly Intent[] = ['fast', 'low-memory', 'balanced', 'predictable'];

/** How many percent more time one percent less memory is worth. */
const MEMORY_WORTH: Readonly<Record<Intent, Readonly<Record<'none' | 'moderate' | 'critical', number>>>> = {
  fast: { none: 0, moderate: 0, critical: 0.5 },
  balanced: { none: 0, moderate: 0.5, critical: 1.5 },
  'low-memory': { none: 1.5, moderate: 1.5, critical: 3 },
  predictable: { none: 0, moderate: 0, critical: 0 },
};
/** Memory is counted from here on: what is far below it is no reason to take longer. */
const MEMORY_FLOOR = 8 * 2 ** 20;

/** In which order a predictable selection takes what can be carried out. */
const FIXED_ORDER: readonly string[] = [
  'lazy-loading',
  'cache-first',
  'streaming',
  'adaptive',
  'memory-pool',
  'parallel',
];

export function memoryWorth(intent: Intent, { memoryPressure = 'none' }: SelectionContext): number {
  return MEMORY_WORTH[intent][memoryPressure];
}

/** What counts: the logarithm of the time, and of the memory as far as that is worth something. */
export function scoreOf(logMs: number, peakBytes: number, worth: number): number {
  return worth === 0 ? logMs : logMs + worth * Math.log(peakBytes + MEMORY_FLOOR);
}

/** The first that is feasible in an order that nothing changes; strategies of your own come last. */
export function fixedChoice(estimates: readonly Estimate[]): Estimate | undefined {
  const ranked = estimates.filter(({ feasible }) => feasible);
  const rank = ({ strategy }: Estimate): number => (FIXED_ORDER.indexOf(strategy) + 100) % 100;
  return ranked.sort((a, b) => rank(a) - rank(b))[0];
}
