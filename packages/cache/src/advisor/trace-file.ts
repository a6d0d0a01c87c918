import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { shown } from '@perf/internal/errors';
import { invalidOption } from '../cache-error.js';
import { readAccess, type Access } from './trace.js';

/** A trace in memory, and which of its fields it really gave. */
export interface LoadedTrace {
  readonly accesses: readonly Access[];
  readonly hasSizes: boolean;
  readonly hasCosts: boolean;
}

/**
 * Reads a trace: a request a line, as `key`, `key size` or `key size cost` with blanks, commas or tabs between (with
 * tabs a key may have blanks), or as JSON `{"key": ..., "size": ..., "cost": ...}`; compressed if the name ends in
 * `.gz`. Empty lines, lines of nothing but `*`, and lines that begin with `#` are passed over.
 */
export async function loadTrace(path: string): Promise<LoadedTrace> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => bytes.destroy(error));
  const accesses: Access[] = [];
  const keys = new Map<string, string>();
  let [hasSizes, hasCosts, number] = [false, false, 0];
  for await (const line of createInterface({ input: bytes, crlfDelay: Infinity })) {
    number += 1;
    const text = line.trim();
    if (text === '' || text === '*' || text.startsWith('#')) continue;
    const fields = text.startsWith('{') ? fromJson(text, number) : fromText(text);
    const access = readAccess(fields, number);
    // A key that occurs a thousand times is kept once.
    const known = keys.get(access.key);
    if (known === undefined) keys.set(access.key, access.key);
    accesses.push({ ...access, key: known ?? access.key });
    hasSizes ||= fields.size !== undefined;
    hasCosts ||= fields.cost !== undefined;
  }
  return { accesses, hasSizes, hasCosts };
}

interface Fields {
  readonly key: string;
  readonly size?: number;
  readonly cost?: number;
}

function fromText(text: string): Fields {
  const [key = '', size, cost] = text.includes('\t') ? text.split('\t') : text.split(/[\s,]+/);
  return {
    key,
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(cost === undefined ? {} : { cost: Number(cost) }),
  };
}

function fromJson(text: string, line: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidOption(`line ${String(line)} of the trace is no JSON: ${shown(text)}`);
  }
  if (typeof value !== 'object' || value === null || !('key' in value)) {
    throw invalidOption(`line ${String(line)} of the trace has no key: ${shown(text)}`);
  }
  const { key, size, cost } = value as { key: unknown; size?: unknown; cost?: unknown };
  return {
    key: typeof key === 'string' ? key : JSON.stringify(key),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(cost === undefined ? {} : { cost: Number(cost) }),
  };
}
