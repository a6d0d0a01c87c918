import { shown } from '@perf/internal/errors';
import { CacheError } from '../cache-error.js';
import { fingerprint } from './fingerprint.js';

/**
 * What a value is kept under. Text, and `{ cacheKey }` with the same text, are one key. Any other data is a content
 * key: equal data is the same key, see `fingerprint`. A content key never meets a text key.
 */
export type CacheKey = string | { cacheKey: string; label?: string } | object;

/** A key as the store knows it, and the name that a person reads. */
export interface Address {
  readonly id: string;
  readonly label: string;
}

/** Ids of this package's own making begin with it; text keys that do so too are told apart by a second one. */
const OWN = '#';
const OWN_CODE = 35;

/** The id of a key. */
export function idOf(key: CacheKey): string {
  if (typeof key === 'string') return textId(key);
  const named = namedKey(key);
  return named === undefined ? OWN + fingerprint(key) : textId(named.cacheKey);
}

/** The id of a key, and its label: its own, otherwise its text. */
export function addressOf(key: CacheKey): Address {
  const id = idOf(key);
  return { id, label: labelOf(key, id) };
}

/** The label of a key whose id is known. */
export function labelOf(key: CacheKey, id: string): string {
  if (typeof key === 'string') return key;
  return namedKey(key)?.label ?? textOf(id);
}

/** The address of a call of the `ordinal`-th wrapped function: no other function and no key shares it. */
export function callAddress(ordinal: number, name: string, args: readonly unknown[]): Address {
  const digest = fingerprint(args);
  return { id: `${OWN}${String(ordinal)}:${digest}`, label: `${name}:${digest.slice(0, 8)}` };
}

/** The text that a person gave as key; the id itself for a content key. */
export function textOf(id: string): string {
  return id.charCodeAt(0) === OWN_CODE && id.charCodeAt(1) === OWN_CODE ? id.slice(OWN.length) : id;
}

function textId(text: string): string {
  return text.charCodeAt(0) === OWN_CODE ? OWN + text : text;
}

function namedKey(
  key: object | null | undefined,
): { cacheKey: string; label: string | undefined } | undefined {
  if (key === null || key === undefined) {
    throw invalidKey(`a key must be text, { cacheKey, label? } or data; given ${String(key)}`);
  }
  if (typeof key !== 'object' || !Object.hasOwn(key, 'cacheKey')) return undefined;
  const { cacheKey, label, ...others } = key as { cacheKey?: unknown; label?: unknown };
  if (typeof cacheKey !== 'string') throw invalidKey(`cacheKey must be text; given ${shown(cacheKey)}`);
  if (label !== undefined && typeof label !== 'string')
    throw invalidKey(`label must be text; given ${shown(label)}`);
  const [other] = Object.keys(others);
  // It would be ignored as part of a named key, although it may well be what tells two values apart.
  if (other !== undefined) {
    throw invalidKey(`a key with cacheKey may only have label beside it; given ${shown(other)} too`);
  }
  return { cacheKey, label };
}

function invalidKey(message: string): CacheError {
  return new CacheError('ERR_PERF_CACHE_INVALID_KEY', message);
}
