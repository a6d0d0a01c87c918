import { shown } from '@perf/internal/errors';
import type { Batch, ConvertOptions, ShimAdapter, StreamOptions } from '../adapter.js';
import { ColumnTable } from '../table/column-table.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { Column } from '../table/column.js';
import type { ConvertibleLike, LazyHandle, LazyLike, LazyParts } from './ports.js';
import { ConversionError } from '../errors.js';
import { ownModule } from '../module-url.js';
import type { Hop } from '../route.js';
import { unpackResult } from './packing.js';
import { taskFor } from './worker-task.js';

/** Opens requests without converting them. */
export interface LazyShim {
  open(request: AnyRequest): LazyHandle<unknown>;
}

/**
 * The same adapter, with its conversions deferred: `open` returns at once, and the data is converted when it is
 * first asked for; `column(name)` converts that column alone, and `batches()` no more than the batch in work where the
 * adapter streams. The adapter itself is not changed.
 */
export function withLazy(adapter: ShimAdapter, manager: LazyLike): LazyShim {
  return {
    open: (request) =>
      manager.createLazyConverter(
        deferred(request, {
          convert: (wanted, options) => adapter.convert(wanted, options),
          estimate: (wanted) => adapter.estimateCost(wanted),
          hops: [{ adapter, from: request.from, to: request.to }],
          stream: streamOf(adapter, request),
        }),
        request,
        partsOf(request),
      ),
  };
}

/** How a request is carried out once it is needed. */
export interface Deferral {
  readonly convert: (request: AnyRequest, options: ConvertOptions) => Promise<ConversionResult>;
  readonly estimate: (request: AnyRequest) => { bytes: number; durationMs: number };
  /** The route, where it may be taken on another thread as a whole. */
  readonly hops?: readonly Hop[];
  /** The same batch by batch, where that is possible. */
  readonly stream?: ((request: AnyRequest, options: StreamOptions) => AsyncIterable<Batch>) | undefined;
  /** The table that holds a column. Default: converts that column alone. */
  readonly tableWith?: (name: string, options: ConvertOptions) => Promise<unknown>;
}

/** A request in the form that a lazy manager takes. */
export function deferred(
  request: AnyRequest,
  { convert, estimate, hops = [], stream, tableWith }: Deferral,
): ConvertibleLike<unknown> {
  return {
    ...(stream === undefined
      ? {}
      : { stream: (_request, { signal } = {}) => stream(request, signal === undefined ? {} : { signal }) }),
    convert: async (_request, options = {}) => (await convert(request, options)).data,
    estimateCost: () => estimate(request),
    async column(_request, name, options = {}) {
      if (request.columns?.includes(name) === false) throw notSelected(name, request.columns);
      if (tableWith !== undefined) return columnOf(await tableWith(name, options), name);
      const narrow: AnyRequest = { ...request, to: 'columns', columns: [name] };
      return columnOf((await convert(narrow, options)).data, name);
    },
    task() {
      const task = taskFor(hops, request);
      if (task?.taken !== hops.length) return undefined;
      const { url, export: exported } = ownModule('worker-task', 'convertTask');
      return { module: url, export: exported, args: task.args };
    },
    restore: (result) => unpackResult(result).data,
  };
}

/** How parts are taken out of a table that is loaded: they are never converted a second time. */
export function partsOf({ to, columns }: AnyRequest): LazyParts<unknown> {
  if (to !== 'columns') return {};
  return {
    pick(value, name) {
      if (columns?.includes(name) === false) throw notSelected(name, columns);
      return columnOf(value, name);
    },
    cut: (value, batchBytes) => slices(value, batchBytes),
  };
}

function* slices(value: unknown, batchBytes: number): Generator<Batch, void> {
  if (!(value instanceof ColumnTable)) return;
  const { length, byteLength } = value;
  const rows = Math.max(1, Math.floor(batchBytes / Math.max(1, byteLength / Math.max(1, length))));
  for (let offset = 0; offset === 0 || offset < length; offset += rows) {
    const data = value.slice(offset, offset + rows);
    const share = length === 0 ? 0 : Math.round((byteLength * data.length) / length);
    yield { data, rows: data.length, bytes: share, offset, warnings: [] };
  }
}

function streamOf(
  adapter: ShimAdapter,
  request: AnyRequest,
): ((request: AnyRequest, options: StreamOptions) => AsyncIterable<Batch>) | undefined {
  if (request.to !== 'columns' || adapter.streams?.(request).reads !== true) return undefined;
  return (wanted, options) => adapter.convertStream?.(wanted, options) ?? none();
}

async function* none(): AsyncGenerator<never, void> {
  // The adapter has lost its stream since it was asked.
}

function notSelected(name: string, columns: readonly string[]): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_NO_COLUMN',
    `column ${shown(name)} was not asked for; the request names ${columns.join(', ')}`,
  );
}

function columnOf(data: unknown, name: string): Column {
  if (data instanceof ColumnTable) return data.column(name);
  throw new ConversionError(
    'ERR_PERF_CONVERT_FAILED',
    `the route did not lead to columns; '${name}' cannot be read`,
  );
}
