import type { Duration } from '@perf/internal/duration';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import type { Hooks } from '../candidate.js';
import { DEFAULTS } from '../defaults.js';
import { refuseOption } from '../errors.js';
import { length, readSignal, requireFunction, requireObject } from '../fields.js';

export interface ProfileMemoryOptions extends Hooks {
  /** How often the operation runs. Default 8. With fewer than 5 a leak is never suspected. */
  readonly runs?: number;
  /** How often the memory is looked at for the timeline, and for the peak where the kernel keeps none. Default `'1ms'`. */
  readonly interval?: Duration;
  /** `'sampled'` leaves the kernel's mark alone, as where there is none. Default `'auto'`: the kernel's where it can be had. */
  readonly method?: 'auto' | 'sampled';
  readonly signal?: AbortSignal;
  /** For tasks: how long a child process may take. Default `'30s'`. */
  readonly timeout?: Duration;
}

export interface ResolvedMemory {
  readonly runs: number;
  readonly intervalMs: number;
  readonly method: 'auto' | 'sampled';
  readonly signal: AbortSignal | undefined;
  readonly hooks: Hooks;
  readonly timeoutMs: number;
}

const MOST_RUNS = 1000;

export function resolveMemory(o: ProfileMemoryOptions): ResolvedMemory {
  requireObject(o);
  refuseUnknown(o, ['runs', 'interval', 'method', 'signal', 'timeout', 'setup', 'teardown'], refuseOption);
  requireFunction(o.setup, 'setup');
  requireFunction(o.teardown, 'teardown');
  return {
    runs: parseCount(o.runs ?? DEFAULTS.memory.runs, 'runs', refuseOption, { max: MOST_RUNS }),
    intervalMs: length(o.interval ?? DEFAULTS.memory.interval, 'interval'),
    method: parseChoice(o.method ?? 'auto', 'method', ['auto', 'sampled'], refuseOption),
    signal: readSignal(o.signal),
    hooks: { setup: o.setup, teardown: o.teardown },
    timeoutMs: length(o.timeout ?? DEFAULTS.isolation.timeout, 'timeout'),
  };
}
