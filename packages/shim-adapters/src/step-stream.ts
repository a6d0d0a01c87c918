import { parseCount } from '@perf/internal/options';
import type { Batch, StreamOptions } from './adapter.js';
import { Bounds } from './bounds.js';
import { heldBytes, typed, type AdapterStep, type StreamContext } from './define-adapter.js';
import { ConversionError, refuseOption } from './errors.js';
import { Losses } from './losses.js';
import type { AnyRequest } from './request.js';
import type { ColumnTable } from './table/column-table.js';

const BATCH_ROWS = 65_536;
const MAX_BATCH_ROWS = 2 ** 24;

/** How many rows a batch has. */
export function batchRowsOf({ batchRows = BATCH_ROWS }: StreamOptions): number {
  return parseCount(batchRows, 'batchRows', refuseOption, { max: MAX_BATCH_ROWS });
}

/** Runs a step that reads its source table by table. */
export async function* readStream(
  step: AdapterStep,
  request: AnyRequest,
  options: StreamOptions,
): AsyncGenerator<Batch<ColumnTable>> {
  if (step.stream === undefined) throw notStreamed(step);
  const losses = new Losses();
  using bounds = new Bounds(options);
  let offset = 0;
  for await (const table of guarded(step.stream(request, context(bounds, losses, options)), step, bounds)) {
    const { length: rows, byteLength: bytes } = table;
    if (offset === 0 && step.infersTypes === true && options.strictTypes === true) requireTypes(table);
    yield { data: table, rows, bytes, offset, warnings: losses.take() };
    offset += rows;
  }
}

/** Runs a step that writes tables as they come. */
export async function* writeStream(
  step: AdapterStep,
  tables: AsyncIterable<ColumnTable>,
  request: AnyRequest,
  options: StreamOptions,
): AsyncGenerator<Batch> {
  if (step.encode === undefined) throw notStreamed(step);
  const losses = new Losses();
  using bounds = new Bounds(options);
  let offset = 0;
  const pieces = step.encode(tables, request, context(bounds, losses, options));
  for await (const { data, rows } of guarded(pieces, step, bounds)) {
    yield { data, rows, bytes: heldBytes(data), offset, warnings: losses.take() };
    offset += rows;
  }
}

/** A column of nothing but nulls says nothing of the type that the whole would have. */
function requireTypes({ length, columns }: ColumnTable): void {
  const unknown = length === 0 ? undefined : columns.find(({ nullCount }) => nullCount === length);
  if (unknown === undefined) return;
  throw new ConversionError(
    'ERR_PERF_CONVERT_TYPE_MISMATCH',
    `the first ${String(length)} rows do not tell the type of column '${unknown.field.name}'; name it with options.types, or convert the whole`,
  );
}

function context(bounds: Bounds, losses: Losses, options: StreamOptions): StreamContext {
  return { ...bounds.context(losses), batchRows: batchRowsOf(options) };
}

/** Every piece with its errors typed, and the bounds looked at before each. Closes the source when the reader leaves. */
async function* guarded<T>(
  pieces: AsyncIterable<T>,
  step: AdapterStep,
  bounds: Bounds,
): AsyncGenerator<T, void> {
  const iterator = pieces[Symbol.asyncIterator]();
  let open = true;
  try {
    for (;;) {
      bounds.checkpoint();
      const next = await typed(async () => iterator.next(), step, bounds.signal);
      if (next.done === true) {
        open = false;
        return;
      }
      yield next.value;
    }
  } finally {
    if (open) await iterator.return?.();
  }
}

function notStreamed({ from, to }: AdapterStep): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_NO_ROUTE',
    `${from} to ${to} is not streamed by this adapter; use convert(), or stream() of a registry`,
  );
}
