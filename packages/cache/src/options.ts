import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import type { MemoryReader } from '@perf/internal/memory/reading';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import { invalidOption, type CacheError } from './cache-error.js';
import { ZlibCodec } from './codec/zlib-codec.js';
import { type Lifetimes } from './expiry.js';
import { sharedSystemMemory } from './shared-memory.js';
import { type Limits } from './policy/entry-facts.js';
import { POLICY_NAMES, type PolicyName } from './policy/policy-name.js';
import { type EvictionPolicy } from './policy/policy.js';
import { type ValueCodec } from './ports.js';
import { type Removal } from './removal.js';

/** What a {@link ConversionCache} can be told; every field has a default. */
export interface CacheOptions<V> {
  /** Entries at most. Default 1000; `Infinity` if `maxBytes` is the limit. */
  readonly maxEntries?: number;
  /** Bytes at most: values, keys, labels, tags and the cache's own records. Default `'500MB'`; 0 keeps nothing. */
  readonly maxBytes?: ByteSize;
  /** How long an entry is served. Default `'1h'`; `Infinity` for ever, 0 never. */
  readonly ttl?: Duration;
  /** How long an entry is served after it was served the last time. Default: for ever. */
  readonly idleTtl?: Duration;
  /**
   * For how long after its `ttl` an entry is still served by `getOrConvert` and wrapped functions, while one conversion
   * makes it anew in the background. If that fails, the old value goes on being served until this time is over. `get`
   * does not serve it. Default 0. It holds for entries with a `ttl` of 0, too.
   */
  readonly staleWhileRevalidate?: Duration;
  /** For how long a failed conversion is remembered: whoever asks meanwhile gets the same error. Default 0. */
  readonly negativeTtl?: Duration;
  /** Which entry goes first when room is needed. Default `'adaptive'`; a policy of your own serves one cache. */
  readonly policy?: PolicyName | EvictionPolicy;
  /**
   * Whether the cache gives up entries, in the order of its policy, while memory is scarce: a quarter of what it holds
   * at moderate pressure and half at critical, again each second that it lasts, down to a sixteenth of the limits.
   * Afterwards the limits grow back by a quarter each second. Default `false`.
   */
  readonly shrinkUnderPressure?: boolean;
  /**
   * Where `shrinkUnderPressure` learns how scarce memory is. Default: this process against its heap limit, its control
   * groups and the machine, looked at while the cache is in use. One given here is listened to until `close`.
   */
  readonly memory?: MemoryReader;
  /**
   * Compresses large values in the background: `true` for the built-in codec (bytes, typed arrays, texts, and plain
   * records and lists of these and of primitives, through node:zlib), or a codec of your own. Default: none.
   */
  readonly compression?: true | ValueCodec<V>;
  /** The size from which on a value is compressed. Default `'10MB'`. */
  readonly compressAbove?: ByteSize;
  /**
   * Whether values are copied by `structuredClone` on their way in and out. Default `false`: they are shared, and
   * nobody may change them. Copying takes the time of a `structuredClone` each time and loses the classes of objects.
   */
  readonly clone?: boolean;
  /** The time. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** Told of every value that leaves the cache or is refused, after the operation that caused it. */
  readonly onRemove?: (removal: Removal<V>) => void;
  /** Told of what goes wrong where no caller waits: compression, decompression, `onRemove`. */
  readonly onError?: (error: CacheError) => void;
}

/** The defaults of {@link CacheOptions}. */
export const DEFAULTS: {
  readonly maxEntries: 1000;
  readonly maxBytes: '500MB';
  readonly ttl: '1h';
  readonly idleTtl: number;
  readonly staleWhileRevalidate: 0;
  readonly negativeTtl: 0;
  readonly policy: 'adaptive';
  readonly shrinkUnderPressure: false;
  readonly compressAbove: '10MB';
  readonly clone: false;
} = {
  maxEntries: 1000,
  maxBytes: '500MB',
  ttl: '1h',
  idleTtl: Infinity,
  staleWhileRevalidate: 0,
  negativeTtl: 0,
  policy: 'adaptive',
  shrinkUnderPressure: false,
  compressAbove: '10MB',
  clone: false,
};

const FIELDS: readonly (keyof CacheOptions<unknown>)[] = [
  'maxEntries',
  'maxBytes',
  'ttl',
  'idleTtl',
  'staleWhileRevalidate',
  'negativeTtl',
  'policy',
  'shrinkUnderPressure',
  'memory',
  'compression',
  'compressAbove',
  'clone',
  'clock',
  'onRemove',
  'onError',
];
const LIMIT_FIELDS: readonly (keyof Limits)[] = ['maxEntries', 'maxBytes'];
const POLICY_METHODS = ['attach', 'add', 'use', 'remove', 'victim'] as const;
const MEMORY_METHODS = ['read', 'subscribe'] as const;
const CODEC_METHODS = ['encode', 'decode', 'decodeSync'] as const;

/** Options with every default filled in and every text read. */
export interface ResolvedOptions<V> extends Limits, Lifetimes {
  readonly negativeTtl: number;
  readonly policy: PolicyName | EvictionPolicy;
  /** Where to learn of scarce memory, if the cache is to shrink. */
  readonly pressure: { readonly memory: MemoryReader; readonly listen: boolean } | undefined;
  readonly compression: ValueCodec<V> | undefined;
  readonly compressAbove: number;
  readonly clone: boolean;
  readonly clock: Clock;
  readonly onRemove: ((removal: Removal<V>) => void) | undefined;
  readonly onError: ((error: CacheError) => void) | undefined;
}

export function resolveOptions<V>(given: CacheOptions<V>): ResolvedOptions<V> {
  refuseUnknown(requireObject(given, 'options'), FIELDS, invalidOption);
  const options = { ...DEFAULTS, ...withoutUndefined(given) };
  const { clock = systemClock, onRemove, onError } = given;
  requireMethods(clock, 'clock', ['now']);
  requireFunction(onRemove, 'onRemove');
  requireFunction(onError, 'onError');
  return {
    ...readLimits(options.maxEntries, options.maxBytes),
    ttl: parseDuration(options.ttl, 'ttl', invalidOption, true),
    idleTtl: parseDuration(options.idleTtl, 'idleTtl', invalidOption, true),
    staleWhileRevalidate: parseDuration(
      options.staleWhileRevalidate,
      'staleWhileRevalidate',
      invalidOption,
      true,
    ),
    negativeTtl: parseDuration(options.negativeTtl, 'negativeTtl', invalidOption, true),
    policy: readPolicy(options.policy),
    pressure: readPressure(options.shrinkUnderPressure, given.memory),
    compression: readCompression(given.compression),
    compressAbove: parseBytes(options.compressAbove, 'compressAbove', invalidOption, true),
    clone: readSwitch(options.clone, 'clone'),
    clock,
    onRemove,
    onError,
  };
}

function readSwitch(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidOption(`${field} must be true or false; given ${shown(value)}`);
}

function readPolicy(policy: PolicyName | EvictionPolicy): PolicyName | EvictionPolicy {
  if (typeof policy === 'string') return parseChoice(policy, 'policy', POLICY_NAMES, invalidOption);
  requireMethods(policy, 'policy', POLICY_METHODS);
  return policy;
}

function readPressure(
  shrink: unknown,
  memory: MemoryReader | undefined,
): ResolvedOptions<unknown>['pressure'] {
  if (memory !== undefined) requireMethods(memory, 'memory', MEMORY_METHODS);
  if (!readSwitch(shrink, 'shrinkUnderPressure')) return undefined;
  return { memory: memory ?? sharedSystemMemory(), listen: memory !== undefined };
}

function readCompression<V>(compression: true | ValueCodec<V> | undefined): ValueCodec<V> | undefined {
  if (compression === undefined) return undefined;
  if (compression !== true) {
    requireMethods(compression, 'compression', CODEC_METHODS);
    return compression;
  }
  // It gives back exactly what it was given, so that it is a codec of whatever it does not decline.
  return new ZlibCodec() as ValueCodec<unknown> as ValueCodec<V>;
}

/** A default stands for a field that is there but `undefined`, too. */
function withoutUndefined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** New limits; what is not given stays. */
export function resolveResize(given: Pick<CacheOptions<unknown>, keyof Limits>, current: Limits): Limits {
  refuseUnknown(requireObject(given, 'limits'), LIMIT_FIELDS, invalidOption);
  const { maxEntries = current.maxEntries, maxBytes = current.maxBytes } = given;
  return readLimits(maxEntries, maxBytes);
}

function readLimits(maxEntries: number, maxBytes: ByteSize): Limits {
  const limits = {
    maxEntries: parseCount(maxEntries, 'maxEntries', invalidOption),
    maxBytes: parseBytes(maxBytes, 'maxBytes', invalidOption, true),
  };
  if (limits.maxEntries === Infinity && limits.maxBytes === Infinity) {
    throw invalidOption('one of maxEntries and maxBytes must be finite: a cache without a limit is a leak');
  }
  return limits;
}

export function requireFunction(value: unknown, field: string): void {
  if (value !== undefined && typeof value !== 'function') {
    throw invalidOption(`${field} must be a function; given ${shown(value)}`);
  }
}

export function requireObject(value: object, field: string): object {
  const given: unknown = value;
  if (typeof given === 'object' && given !== null) return given;
  throw invalidOption(`${field} must be an object; given ${shown(given)}`);
}

function requireMethods(value: object, field: string, methods: readonly string[]): void {
  const given: unknown = value;
  const missing = (method: string): boolean =>
    typeof given !== 'object' || given === null || typeof Reflect.get(given, method) !== 'function';
  if (methods.some(missing)) {
    throw invalidOption(
      `${field} must be an object with the methods ${methods.join(', ')}; given ${shown(given)}`,
    );
  }
}
