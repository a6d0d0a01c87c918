import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { systemClock, type Clock } from '@perf/internal/clock';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import { invalidOption, type CacheError } from './cache-error.js';
import { POLICIES, type PolicyName } from './policy/policy.js';
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
  /** Which entry goes first when room is needed. Default `'lru'`. */
  readonly policy?: PolicyName;
  /** Compresses large values in the background. Default: none. */
  readonly compression?: ValueCodec<V>;
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

/** What goes with a single value. */
export interface SetOptions {
  /** How long this entry is served, instead of the cache's `ttl`. */
  readonly ttl?: Duration;
  /** The size of the value in bytes, if you know it; otherwise it is measured by `sizeOf`. */
  readonly size?: ByteSize;
  /** Milliseconds it took to make the value. `getOrConvert` measures it. Default 0, unknown. */
  readonly cost?: number;
  /** Names of groups by which `invalidate` and `entries` find the entry. */
  readonly tags?: readonly string[];
  /** A name for people and patterns. Default: the key. */
  readonly label?: string;
}

/** Both limits as numbers. */
export interface Limits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** The defaults of {@link CacheOptions}. */
export const DEFAULTS: {
  readonly maxEntries: 1000;
  readonly maxBytes: '500MB';
  readonly ttl: '1h';
  readonly policy: 'lru';
  readonly compressAbove: '10MB';
  readonly clone: false;
} = { maxEntries: 1000, maxBytes: '500MB', ttl: '1h', policy: 'lru', compressAbove: '10MB', clone: false };

const FIELDS: readonly (keyof CacheOptions<unknown>)[] = [
  'maxEntries',
  'maxBytes',
  'ttl',
  'policy',
  'compression',
  'compressAbove',
  'clone',
  'clock',
  'onRemove',
  'onError',
];
const SET_FIELDS: readonly (keyof SetOptions)[] = ['ttl', 'size', 'cost', 'tags', 'label'];
const LIMIT_FIELDS: readonly (keyof Limits)[] = ['maxEntries', 'maxBytes'];
const CODEC_METHODS = ['encode', 'decode', 'decodeSync'] as const;

/** Options with every default filled in and every text read. */
export interface ResolvedOptions<V> extends Limits {
  readonly ttl: number;
  readonly policy: PolicyName;
  readonly compression: ValueCodec<V> | undefined;
  readonly compressAbove: number;
  readonly clone: boolean;
  readonly clock: Clock;
  readonly onRemove: ((removal: Removal<V>) => void) | undefined;
  readonly onError: ((error: CacheError) => void) | undefined;
}

export function resolveOptions<V>(given: CacheOptions<V>): ResolvedOptions<V> {
  refuseUnknown(requireObject(given, 'options'), FIELDS, invalidOption);
  const { maxEntries = DEFAULTS.maxEntries, maxBytes = DEFAULTS.maxBytes } = given;
  const { ttl = DEFAULTS.ttl, policy = DEFAULTS.policy, compressAbove = DEFAULTS.compressAbove } = given;
  const { clone = DEFAULTS.clone, clock = systemClock, compression, onRemove, onError } = given;
  if (typeof clone !== 'boolean') throw invalidOption(`clone must be true or false; given ${shown(clone)}`);
  requireMethods(clock, 'clock', ['now']);
  if (compression !== undefined) requireMethods(compression, 'compression', CODEC_METHODS);
  requireFunction(onRemove, 'onRemove');
  requireFunction(onError, 'onError');
  return {
    ...readLimits(maxEntries, maxBytes),
    ttl: parseDuration(ttl, 'ttl', invalidOption, true),
    policy: parseChoice(policy, 'policy', POLICIES, invalidOption),
    compression,
    compressAbove: parseBytes(compressAbove, 'compressAbove', invalidOption, true),
    clone,
    clock,
    onRemove,
    onError,
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

/** Set options with every text read; `undefined` where the cache has its own way. */
export interface ResolvedSetOptions {
  readonly ttl: number | undefined;
  readonly size: number | undefined;
  readonly cost: number | undefined;
  readonly tags: readonly string[];
  readonly label: string | undefined;
}

const NO_TAGS: readonly string[] = Object.freeze([]);
const NOTHING_SET: ResolvedSetOptions = Object.freeze({
  ttl: undefined,
  size: undefined,
  cost: undefined,
  tags: NO_TAGS,
  label: undefined,
});

export function resolveSetOptions(
  given: SetOptions | undefined,
  others: readonly string[] = [],
): ResolvedSetOptions {
  if (given === undefined) return NOTHING_SET;
  refuseUnknown(requireObject(given, 'options'), [...SET_FIELDS, ...others], invalidOption);
  const { ttl, size, cost, tags = NO_TAGS, label } = given;
  if (cost !== undefined && !(Number.isFinite(cost) && cost >= 0)) {
    throw invalidOption(`cost must be milliseconds of at least 0; given ${shown(cost)}`);
  }
  if (label !== undefined && typeof label !== 'string') {
    throw invalidOption(`label must be text; given ${shown(label)}`);
  }
  return {
    ttl: ttl === undefined ? undefined : parseDuration(ttl, 'ttl', invalidOption, true),
    size: size === undefined ? undefined : parseBytes(size, 'size', invalidOption),
    cost,
    tags: tags.length === 0 ? NO_TAGS : readTags(tags, 'tags'),
    label,
  };
}

/** The options of `entries`. */
export function resolveEntriesOptions(given: { readonly tag?: string }): {
  readonly tag: string | undefined;
} {
  refuseUnknown(requireObject(given, 'options'), ['tag'], invalidOption);
  if (given.tag === undefined || typeof given.tag === 'string') return { tag: given.tag };
  throw invalidOption(`tag must be text; given ${shown(given.tag)}`);
}

/** A list of tags, each once. */
export function readTags(tags: unknown, field: string): readonly string[] {
  if (!Array.isArray(tags) || !tags.every((tag): tag is string => typeof tag === 'string')) {
    throw invalidOption(`${field} must be a list of texts; given ${shown(tags)}`);
  }
  return Object.freeze([...new Set(tags)]);
}

/** A signal, or nothing. */
export function readSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw invalidOption(`signal must be an AbortSignal; given ${shown(signal)}`);
}

export function requireFunction(value: unknown, field: string): void {
  if (value !== undefined && typeof value !== 'function') {
    throw invalidOption(`${field} must be a function; given ${shown(value)}`);
  }
}

function requireObject(value: object, field: string): object {
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
