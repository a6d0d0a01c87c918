/**
 * The cache that people write today: lru-cache bounded by bytes, the key the request as JSON with the version of its
 * source, the size of a value as its length or its cells.
 */
import { Table } from '@uwdata/flechette';
import { LRUCache } from 'lru-cache';
import type { ServedRequest } from '../workload.js';
import { MAX_BYTES, type ServerReport } from './messages.js';
import { convertPlainly } from './plain-libraries.js';
import { serveAll, type Answer, type Sources } from './plain-server.js';

const CELL_BYTES = 16;

export function serveHandCached(
  requests: readonly ServedRequest[],
  sources: Sources,
  onProgress: (done: number) => void,
): Promise<ServerReport> {
  const cache = new LRUCache<string, object>({ maxSize: MAX_BYTES, sizeCalculation: sizeOf });
  const answer = async (request: ServedRequest): Promise<Answer> => {
    const { dataset, to, columns, offset, limit, version } = request;
    const key = JSON.stringify({ dataset, to, columns, offset, limit, version });
    const kept = cache.get(key);
    if (kept !== undefined) return { data: kept, hit: true };
    const data = { value: await convertPlainly(request, sources[dataset]) };
    cache.set(key, data);
    return { data: data.value, hit: false };
  };
  const kept = () => ({
    entries: cache.size,
    bytes: cache.calculatedSize,
    compressedEntries: 0,
    compressedFrom: 0,
    compressedTo: 0,
  });
  return serveAll('hand-cached', requests, answer, kept, onProgress);
}

function sizeOf(kept: object): number {
  const value: unknown = 'value' in kept ? kept.value : undefined;
  if (typeof value === 'string') return Math.max(1, value.length);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return Math.max(1, value.byteLength);
  if (value instanceof Table) return Math.max(1, value.numRows * value.numCols * CELL_BYTES);
  if (typeof value !== 'object' || value === null) return 1;
  const columns = Object.values(value).filter((column) => Array.isArray(column));
  return Math.max(
    1,
    columns.reduce((sum, column) => sum + column.length * CELL_BYTES, 0),
  );
}
