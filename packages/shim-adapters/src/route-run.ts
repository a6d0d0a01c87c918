import { systemClock } from '@perf/internal/clock';
import { parseDuration } from '@perf/internal/duration';
import type { ConvertOptions } from './adapter.js';
import { heldBytes } from './define-adapter.js';
import { refuseOption, throwIfAborted } from './errors.js';
import type { ConversionWarning } from './losses.js';
import type { AnyRequest, Format } from './request.js';
import type { ConversionResult, RouteStep } from './result.js';
import type { Hop } from './route.js';
import { isWhole, selected, selectionOf, withoutSelection } from './selection.js';
import { ColumnTable } from './table/column-table.js';

/**
 * Takes a request along a route. The selection of rows and columns is made by the first step where its adapter
 * can, otherwise on the table as soon as there is one; the losses of all steps add up.
 */
export async function runRoute(
  hops: readonly Hop[],
  request: AnyRequest,
  options: ConvertOptions = {},
): Promise<ConversionResult> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const steps: ConversionResult[] = [];
  let current = request;
  let facts: Record<string, unknown> = {};
  for (const [index, hop] of hops.entries()) {
    throwIfAborted(options.signal);
    if (!hop.adapter.selects) current = selectedFirst(current);
    const pending = !isWhole(selectionOf(current)) && !hop.adapter.selects;
    const step = await hop.adapter.convert(
      { ...(index === 0 ? asRead(current, request) : current), from: hop.from, to: hop.to },
      boundsOf(options, clock.now() - started, index === hops.length - 1),
    );
    const cut = pending && step.data instanceof ColumnTable;
    const data = cut ? selected(step.data, selectionOf(current)) : step.data;
    if (data instanceof ColumnTable) facts = { rows: data.length, columns: data.names };
    steps.push({ ...step, data, bytes: cut ? heldBytes(data) : step.bytes });
    current = { ...(cut || !pending ? withoutSelection(current) : current), source: asSource(data) };
    options.onProgress?.({ done: index + 1, total: hops.length, unit: 'steps' });
  }
  const data = steps.at(-1)?.data;
  return {
    data,
    format: request.to,
    metadata: { ...facts, ...request.metadata },
    warnings: steps.flatMap(({ warnings }): readonly ConversionWarning[] => warnings),
    quality: steps.reduce((product, { quality }) => product * quality, 1),
    route: steps.flatMap(({ route }): readonly RouteStep[] => route),
    durationMs: clock.now() - started,
    bytes: steps.at(-1)?.bytes ?? heldBytes(data),
  };
}

/** From CSV to CSV, the delimiter is the one to write; which one to read is found out. */
function asRead(current: AnyRequest, { from, to }: AnyRequest): AnyRequest {
  if (from !== to || current.options?.delimiter === undefined) return current;
  const { delimiter: _written, ...options } = current.options;
  return { ...current, options };
}

/** The options of the next step: what is left of the timeout; the bound on the result is for the last step only. */
function boundsOf(options: ConvertOptions, spentMs: number, last: boolean): ConvertOptions {
  const { timeout = Infinity, maxBytes = Infinity } = options;
  const left = parseDuration(timeout, 'timeout', refuseOption, true) - spentMs;
  return { ...options, timeout: Math.max(0, left), maxBytes: last ? maxBytes : Infinity };
}

/** The request on the selected part of its table, where its source is one. */
export function selectedFirst(request: AnyRequest): AnyRequest {
  const { source } = request;
  const selection = selectionOf(request);
  if (isWhole(selection) || !('value' in source) || !(source.value instanceof ColumnTable)) return request;
  return { ...withoutSelection(request), source: asSource(selected(source.value, selection)) };
}

function asSource(value: unknown): AnyRequest['source'] {
  return { value };
}

/** `parquet>columns>csv`: a route as people write it. */
export function routeText(from: Format, hops: readonly { readonly to: Format }[]): string {
  return [from, ...hops.map(({ to }) => to)].join('>');
}
