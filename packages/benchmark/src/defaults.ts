import type { Duration } from '@perf/internal/duration';

/** What holds when nothing is said. */
export const DEFAULTS: {
  readonly budget: Duration;
  readonly margin: number;
  readonly confidence: number;
  readonly equal: boolean;
  readonly seed: number;
  readonly memory: { readonly runs: number; readonly interval: Duration };
  readonly isolation: { readonly budget: Duration; readonly processes: number; readonly timeout: Duration };
  readonly complexity: { readonly budget: Duration };
  readonly strategies: { readonly budget: Duration; readonly runs: number };
  readonly doctor: { readonly budget: Duration; readonly trials: number };
} = Object.freeze({
  budget: '1s',
  margin: 0.01,
  confidence: 0.95,
  equal: false,
  seed: 1,
  memory: Object.freeze({ runs: 8, interval: '1ms' }),
  isolation: Object.freeze({ budget: '5s', processes: 10, timeout: '30s' }),
  complexity: Object.freeze({ budget: '2s' }),
  strategies: Object.freeze({ budget: '2s', runs: 3 }),
  doctor: Object.freeze({ budget: '200ms', trials: 10 }),
});
