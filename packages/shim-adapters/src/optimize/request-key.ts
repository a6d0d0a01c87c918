import { createHash } from 'node:crypto';
import { statSync, type BigIntStats } from 'node:fs';
import { basename, resolve } from 'node:path';
import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { AnyRequest, Source } from '../request.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import { isDetached, unreadablePath } from '../source.js';
import { columnBuffers, type Column } from '../table/column.js';
import { ColumnTable } from '../table/column-table.js';
import type { KeyLike } from './ports.js';

/** Under which key a result is kept, and by which tags it may be invalidated. */
export interface Address {
  readonly key: KeyLike;
  /** `source:<path or id>`, and the family where there is one. */
  readonly tags: readonly string[];
  /** A tag that all results share which differ in nothing but their columns; for results that can be cut to fewer. */
  readonly family?: string;
}

export interface RequestKeyOptions {
  /** Hashes values that are neither bytes, text nor tables (rows, parsed JSON) by their whole content. */
  readonly fingerprint?: (value: unknown) => string;
}

/**
 * The key under which a result may be kept. It covers everything that changes the output: the identity of the
 * source, the formats, the columns, every option, and the id and version of each adapter on the route; no hint and
 * no metadata. The label is for people: `csv>columns:flights.csv`.
 *
 * The identity of a source is what it declares (`id`, `version`); for a path its resolved name, size, times of
 * modification and change in nanoseconds and inode; for a value its whole content, hashed with SHA-256.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_NOT_CACHEABLE` for a url, for a stream without an id, for rows or parsed
 * JSON without an id when no `fingerprint` is given or it refuses them, and for options that are not plain data; the
 * message says what to do. `ERR_PERF_CONVERT_UNREADABLE` for a path at which there is nothing to read
 */
export function requestKey(
  request: AnyRequest,
  path: ConversionPath,
  options: RequestKeyOptions = {},
): KeyLike {
  return addressOf(request, path, options).key;
}

/** The key of a request, with its tags. */
export function addressOf(
  request: AnyRequest,
  path: ConversionPath,
  options: RequestKeyOptions = {},
): Address {
  const { identity, name } = identify(request.source, options);
  const { from, to, columns } = request;
  const changes = canonical(request.options ?? {});
  const steps = path.hops.map(({ adapter, to: format }) => [format, adapter.id, adapter.version]);
  const keyOf = (wanted: readonly string[] | undefined): string =>
    JSON.stringify([identity, from, to, wanted ?? null, changes, steps]);
  const key = { cacheKey: keyOf(columns), label: `${routeText(from, path.hops)}:${basename(name)}` };
  const source = `source:${name}`;
  if (to !== 'columns') return { key, tags: [source] };
  const family = `columns-of:${sha256([Buffer.from(keyOf(undefined), 'utf8')])}`;
  return { key, tags: [source, family], family };
}

interface Identity {
  readonly identity: readonly (string | null)[];
  readonly name: string;
}

function identify(source: Source, { fingerprint }: RequestKeyOptions): Identity {
  if ('path' in source) return fileIdentity(source.path);
  if ('url' in source)
    throw notCacheable(
      `a url has no identity that can be trusted; read it yourself and pass { value, id, version }`,
    );
  if (source.id !== undefined) {
    return { identity: ['id', source.id, source.version ?? null], name: source.id };
  }
  if ('stream' in source)
    throw notCacheable('a stream can be read only once; declare { stream, id, version }');
  const digest = contentDigest(source.value, fingerprint);
  return { identity: digest, name: `content-${(digest.at(-1) ?? '').slice(0, 12)}` };
}

function fileIdentity(path: string): Identity {
  const name = resolve(path);
  const { size, mtimeNs, ctimeNs, ino } = fileState(path, name);
  // A modification time can be set back after a change; the time of that change cannot.
  return { identity: ['file', name, ...[size, mtimeNs, ctimeNs, ino].map(String)], name };
}

function fileState(path: string, name: string): BigIntStats {
  try {
    return statSync(name, { bigint: true });
  } catch (cause) {
    throw unreadablePath(path, cause);
  }
}

function contentDigest(value: unknown, fingerprint: RequestKeyOptions['fingerprint']): readonly string[] {
  if (typeof value === 'string') return ['text', sha256([Buffer.from(value, 'utf16le')])];
  if (value instanceof Uint8Array) {
    if (isDetached(value)) throw notCacheable('its bytes are detached, which looks like no bytes at all');
    return ['bytes', sha256([value])];
  }
  if (value instanceof ColumnTable) return ['table', tableDigest(value)];
  if (fingerprint === undefined) {
    throw notCacheable(
      'this value has no declared identity; pass { value, id, version }, or give optimize() the fingerprint function of @perf/cache',
    );
  }
  try {
    return ['value', fingerprint(value)];
  } catch (cause) {
    throw notCacheable('the content of this value cannot be hashed; pass { value, id, version }', cause);
  }
}

function tableDigest(table: ColumnTable): string {
  const parts: Uint8Array[] = [Buffer.from(JSON.stringify([table.length, [...table.metadata]]), 'utf8')];
  for (const column of table.columns) {
    parts.push(Buffer.from(JSON.stringify(columnShape(column)), 'utf8'));
    for (const { buffer, byteOffset, byteLength } of columnBuffers(column)) {
      parts.push(Buffer.from(`${String(byteLength)}:`, 'utf8'));
      parts.push(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return sha256(parts);
}

function columnShape(column: Column): unknown {
  const { layout, field, length, nullCount, validity } = column;
  const shape = [layout, field, length, nullCount, validity !== undefined];
  if (layout === 'list') return [...shape, columnShape(column.child)];
  if (layout === 'struct') return [...shape, column.children.map(columnShape)];
  if (layout === 'dictionary') return [...shape, columnShape(column.dictionary)];
  return shape;
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Options in one order, with what is undefined left out. JSON would take anything but plain data for something else. */
function canonical(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Array.from(value, canonical);
  if (!isPlainObject(value)) throw notCacheable(`its options hold ${shown(value)}, which is no plain data`);
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, canonical(inner)]));
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Reflect.getPrototypeOf(value))
  );
}

function notCacheable(why: string, cause?: unknown): ConversionError {
  const message = `the conversion cannot be cached: ${why}`;
  return new ConversionError('ERR_PERF_CONVERT_NOT_CACHEABLE', message, cause === undefined ? {} : { cause });
}
