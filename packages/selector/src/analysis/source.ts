import { shown } from '@perf/internal/errors';
import { analyze, utf8Length } from './analyze.js';
import { analyzeArrowIpc } from './arrow-ipc.js';
import { analyzeParquet } from './parquet.js';
import { inMemory, inText, withFile, type RandomAccess } from './random-access.js';
import { analyzeText } from './text-source.js';
import type { DataCharacteristics } from '../characteristics.js';
import { SelectorError } from '../errors.js';

/** Where the data is, as the requests of `@perf/shim-adapters` say it: a file, or a value in memory. */
export type AnalyzableSource = { readonly path: string } | { readonly value: unknown };

/**
 * What a source is like. Of Parquet the footer is read, of Arrow IPC the headers, of CSV, JSON and NDJSON the first
 * 64 KB and sixteen blocks of 8 KB, however large they are; which of them it is, is told by its first and last bytes.
 * Tables, rows and typed arrays are analysed as `analyze` does.
 * @throws SelectorError `ERR_PERF_SELECTOR_UNREADABLE`, `ERR_PERF_SELECTOR_INVALID_INPUT`, and the signal's reason
 */
export async function analyzeSource(
  source: AnalyzableSource,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<DataCharacteristics> {
  signal?.throwIfAborted();
  if (isPath(source)) return withFile(source.path, (file) => analyzeBytes(abortable(file, signal)));
  if (!isValue(source)) {
    throw new SelectorError(
      'ERR_PERF_SELECTOR_INVALID_INPUT',
      `analyzeSource() takes { path } or { value }; given ${shown(source)}. A url or a stream can be read only once: read it, and pass { value }`,
    );
  }
  const { value } = source;
  if (typeof value === 'string') {
    return analyzeText(inText(value, utf8Length(value)));
  }
  // Nothing can be read of memory that was transferred away.
  if (value instanceof Uint8Array)
    return analyzeBytes(inMemory(value.length === 0 ? new Uint8Array() : value));
  return analyze(value);
}

async function analyzeBytes(source: RandomAccess): Promise<DataCharacteristics> {
  return (await analyzeParquet(source)) ?? (await analyzeArrowIpc(source)) ?? (await analyzeText(source));
}

function abortable(source: RandomAccess, signal: AbortSignal | undefined): RandomAccess {
  return {
    size: source.size,
    async read(offset, length) {
      signal?.throwIfAborted();
      return source.read(offset, length);
    },
  };
}

function isPath(source: AnalyzableSource): source is { path: string } {
  return isObject(source) && 'path' in source && typeof source.path === 'string';
}

function isValue(source: AnalyzableSource): source is { value: unknown } {
  return isObject(source) && 'value' in source;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
