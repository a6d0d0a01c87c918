import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import type { MemoryReader } from '@perf/internal/memory/reading';
import { refuseUnknown } from '@perf/internal/options';
import { refuseOption } from '../errors.js';
import { requireMethod, resolveMemory } from '../options.js';
import { systemTimers, type Timers } from '../timers.js';
import { Ledger } from './ledger.js';

/** How a `MemoryPool` is set up. Everything has a default. */
export interface MemoryPoolOptions {
  /** Bytes on loan and idle together; what would need more is refused. Default `'256MB'`. */
  readonly maxBytes?: ByteSize;
  /** Bytes that may lie idle; beyond it those that have waited longest are let go. Default: half of `maxBytes`. */
  readonly maxIdleBytes?: ByteSize;
  /** A buffer that nobody wanted for this long is let go. `Infinity`: never. Default `'30s'`. */
  readonly idleTimeout?: Duration;
  /** Whether every buffer is zeroed before it is lent. Default `false`. */
  readonly zero?: boolean;
  /**
   * Told by it that memory is scarce, the pool lets go of half of what is idle, or of all of it when that is critical.
   * `false`: takes no notice. Default: one `MemoryMonitor` that all parts of the process share.
   */
  readonly memory?: MemoryReader | false;
  /** Where the bytes on loan and idle are written down. Default: nowhere. */
  readonly ledger?: Ledger;
  /** Called when a lease was collected as garbage without having been released, with its bytes. Default: only counted. */
  readonly onLeak?: (bytes: number) => void;
  /** The source of time. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** The source of timers. Default: Node's, unref'd. */
  readonly timers?: Timers;
}

/** The options of a `MemoryPool` that are not given. */
export const POOL_DEFAULTS: Required<Pick<MemoryPoolOptions, 'maxBytes' | 'idleTimeout' | 'zero'>> =
  Object.freeze({ maxBytes: '256MB', idleTimeout: '30s', zero: false });

/** The options of a `MemoryPool`, read: bytes and milliseconds. */
export interface ResolvedPoolOptions {
  readonly maxBytes: number;
  readonly maxIdleBytes: number;
  readonly idleTimeout: number;
  readonly zero: boolean;
  readonly memory: MemoryReader | undefined;
  readonly ledger: Ledger;
  readonly onLeak: ((bytes: number) => void) | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
}

const KNOWN: readonly (keyof MemoryPoolOptions)[] = [
  'maxBytes',
  'maxIdleBytes',
  'idleTimeout',
  'zero',
  'memory',
  'ledger',
  'onLeak',
  'clock',
  'timers',
];

/** Reads the options of a `MemoryPool`. */
export function resolvePoolOptions(o: MemoryPoolOptions): ResolvedPoolOptions {
  refuseUnknown(o, KNOWN, refuseOption);
  const {
    maxBytes = POOL_DEFAULTS.maxBytes,
    maxIdleBytes,
    idleTimeout = POOL_DEFAULTS.idleTimeout,
    zero = POOL_DEFAULTS.zero,
    memory,
    ledger = new Ledger(),
    onLeak,
    clock = systemClock,
    timers = systemTimers,
  } = o;
  if (onLeak !== undefined) requireMethod({ onLeak }, 'onLeak', 'onLeak');
  requireMethod(clock, 'now', 'clock');
  requireMethod(timers, 'every', 'timers');
  const most = parseBytes(maxBytes, 'maxBytes', refuseOption, true);
  return {
    maxBytes: most,
    maxIdleBytes:
      maxIdleBytes === undefined ? most / 2 : parseBytes(maxIdleBytes, 'maxIdleBytes', refuseOption, true),
    idleTimeout: parseDuration(idleTimeout, 'idleTimeout', refuseOption, true),
    zero: parseFlag(zero, 'zero'),
    memory: resolveMemory(memory),
    ledger,
    onLeak,
    clock,
    timers,
  };
}

/** Reads `true` or `false`. */
export function parseFlag(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw refuseOption(`${field} must be true or false; given ${shown(value)}`);
}
