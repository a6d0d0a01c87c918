import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { parseDuration, type Duration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { refuseUnknown } from '@perf/internal/options';
import { invalidOption } from './cache-error.js';
import { requireObject } from './options.js';

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

const SET_FIELDS: readonly (keyof SetOptions)[] = ['ttl', 'size', 'cost', 'tags', 'label'];

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
