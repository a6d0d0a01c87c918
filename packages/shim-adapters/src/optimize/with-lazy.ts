import { shown } from '@perf/internal/errors';
import type { ConvertOptions, ShimAdapter } from '../adapter.js';
import { ColumnTable } from '../table/column-table.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { Column } from '../table/column.js';
import type { ConvertibleLike, LazyHandle, LazyLike } from './ports.js';
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
 * first asked for; `column(name)` converts that column alone. The adapter itself is not changed.
 */
export function withLazy(adapter: ShimAdapter, manager: LazyLike): LazyShim {
  return {
    open: (request) =>
      manager.createLazyConverter(
        deferred(request, {
          convert: (wanted, options) => adapter.convert(wanted, options),
          estimate: (wanted) => adapter.estimateCost(wanted),
          hops: [{ adapter, from: request.from, to: request.to }],
        }),
        request,
      ),
  };
}

/** How a request is carried out once it is needed. */
export interface Deferral {
  readonly convert: (request: AnyRequest, options: ConvertOptions) => Promise<ConversionResult>;
  readonly estimate: (request: AnyRequest) => { bytes: number; durationMs: number };
  /** The route, where it may be taken on another thread as a whole. */
  readonly hops?: readonly Hop[];
}

/** A request in the form that a lazy manager takes. */
export function deferred(
  request: AnyRequest,
  { convert, estimate, hops = [] }: Deferral,
): ConvertibleLike<unknown> {
  return {
    convert: async (_request, options = {}) => (await convert(request, options)).data,
    estimateCost: () => estimate(request),
    async column(_request, name, options = {}) {
      if (request.columns?.includes(name) === false) throw notSelected(name, request.columns);
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
