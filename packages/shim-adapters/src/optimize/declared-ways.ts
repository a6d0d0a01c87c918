import type { AnyRequest } from '../request.js';
import type { ConversionPath } from '../route.js';
import type { Address } from './request-key.js';

/** Which way a request takes, and where its result is kept; no address where it is not cacheable. */
export interface Way {
  readonly path: ConversionPath;
  readonly address: Address | undefined;
}

/** Ways remembered; the one not asked for longest makes room. */
const MAX_WAYS = 1024;
const SOURCE_FIELDS = ['value', 'stream', 'id', 'version'];
const REQUEST_FIELDS = ['source', 'from', 'to', 'columns', 'options', 'metadata', 'hints'];

/**
 * Remembers the ways of requests whose source declares what it is. The same identity means the same content, so the
 * same request takes the same way as long as the registry is the same: a hit need not look for it again. Nothing of
 * a source is held.
 */
export class DeclaredWays {
  readonly #ways = new Map<string, Way>();
  #revision = -1;

  /** @param revision of the registry: what was remembered of another one is forgotten */
  find(request: AnyRequest, revision: number): Way | undefined {
    if (revision !== this.#revision) {
      this.#ways.clear();
      this.#revision = revision;
    }
    const name = nameOf(request);
    if (name === undefined) return undefined;
    const way = this.#ways.get(name);
    if (way === undefined) return undefined;
    this.#ways.delete(name);
    this.#ways.set(name, way);
    return way;
  }

  remember(request: AnyRequest, way: Way): void {
    const name = nameOf(request);
    if (name === undefined) return;
    this.#ways.set(name, withoutRequest(way));
    if (this.#ways.size <= MAX_WAYS) return;
    for (const oldest of this.#ways.keys()) {
      this.#ways.delete(oldest);
      break;
    }
  }
}

/** The alternatives of a route are found when they are asked for, by the request itself: it must not be held for that. */
function withoutRequest({ path: { hops, durationMs, bytes, qualityLoss }, address }: Way): Way {
  return { path: { hops, durationMs, bytes, qualityLoss, alternatives: [] }, address };
}

/** Everything a way depends on as text; undefined where the request says no identity, or not everything is plain. */
function nameOf(request: AnyRequest): string | undefined {
  const { source, from, to, columns, options = {}, hints = {} } = request;
  if (!isDeclared(source) || !Object.keys(request).every((field) => REQUEST_FIELDS.includes(field))) {
    return undefined;
  }
  if (!isPlain(options) || !isPlain(hints)) return undefined;
  if (
    columns !== undefined &&
    !(Array.isArray(columns) && columns.every((name) => typeof name === 'string'))
  ) {
    return undefined;
  }
  return JSON.stringify([source.id, source.version, from, to, columns, options, hints]);
}

function isDeclared(
  source: AnyRequest['source'],
): source is AnyRequest['source'] & { id: string; version?: string } {
  // Only what `validateRequest` would let pass: a way that is known is not checked again.
  return (
    isObject(source) &&
    'id' in source &&
    typeof source.id === 'string' &&
    (source.version === undefined || typeof source.version === 'string') &&
    ('value' in source ? source.value !== undefined && !('stream' in source) : 'stream' in source) &&
    Object.keys(source).every((field) => SOURCE_FIELDS.includes(field))
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Of texts, flags and numbers that JSON tells apart. */
function isPlain(fields: unknown): boolean {
  if (!isObject(fields)) return false;
  return Object.values(fields).every(
    (value: unknown) =>
      typeof value === 'string' ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)),
  );
}
