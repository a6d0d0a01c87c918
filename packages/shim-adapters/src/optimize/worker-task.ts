/**
 * The part of a conversion that runs on another thread. The module is loaded there by itself: it finds the adapters
 * by the URL and export that they declare, takes the request along the same route, and moves the buffers of the
 * result back. Row objects never cross.
 */
import type { ShimAdapter } from '../adapter.js';
import { ConversionError } from '../errors.js';
import type { AnyRequest, Format } from '../request.js';
import type { Hop } from '../route.js';
import { runRoute } from '../route-run.js';
import {
  packRequest,
  packResult,
  resultBuffers,
  unpackRequest,
  type PackedRequest,
  type PackedResult,
} from './packing.js';

/** What a worker is told. */
export interface ConversionTask {
  readonly adapters: readonly { readonly id: string; readonly url: string; readonly export: string }[];
  readonly hops: readonly { readonly adapter: string; readonly from: Format; readonly to: Format }[];
  readonly request: PackedRequest;
}

/** Marks a result whose buffers are to be moved; the executors of `@perf/lazy` look for it. */
const TRANSFER: unique symbol = Symbol.for('@perf/lazy.transfer');

export interface Moved {
  readonly value: PackedResult;
  readonly transfer: readonly ArrayBuffer[];
  readonly [TRANSFER]: true;
}

/** The work of one task, as the executor calls it. */
export async function convertTask(
  task: ConversionTask,
  options: { signal?: AbortSignal } = {},
): Promise<Moved> {
  const adapters = new Map<string, ShimAdapter>();
  for (const { id, url, export: exported } of task.adapters)
    adapters.set(id, await loadAdapter(url, exported));
  const hops = task.hops.map(({ adapter: id, from, to }): Hop => {
    const adapter = adapters.get(id);
    if (adapter === undefined) throw unusable(`no module was given for adapter '${id}'`);
    return { adapter, from, to };
  });
  const last = hops.at(-1)?.to ?? task.request.to;
  const result = await runRoute(hops, { ...unpackRequest(task.request), to: last }, options);
  const value = packResult(result);
  return { value, transfer: resultBuffers(value), [TRANSFER]: true };
}

async function loadAdapter(url: string, exported: string): Promise<ShimAdapter> {
  const loaded: unknown = await import(url);
  const found: unknown =
    typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, exported) : undefined;
  const adapter: unknown = typeof found === 'function' ? Reflect.apply(found, undefined, []) : found;
  if (isAdapter(adapter)) return adapter;
  throw unusable(`export '${exported}' of ${url} is neither an adapter nor a function that makes one`);
}

function isAdapter(value: unknown): value is ShimAdapter {
  return typeof value === 'object' && value !== null && 'convert' in value && 'conversions' in value;
}

function unusable(message: string): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_INVALID_ADAPTER', message);
}

const MOVABLE: ReadonlySet<Format> = new Set<Format>([
  'columns',
  'csv',
  'json',
  'ndjson',
  'arrow-ipc',
  'parquet',
  'msgpack',
  'ndarray',
  'sparse',
  'time-series',
]);

/**
 * How many steps of a route can be taken on another thread: as far as every adapter can be found there, up to the
 * last format that moves back without a copy.
 */
export function movableSteps(hops: readonly Hop[]): number {
  let steps = 0;
  for (const [index, { adapter, to }] of hops.entries()) {
    if (adapter.module === undefined) break;
    if (MOVABLE.has(to)) steps = index + 1;
  }
  return steps;
}

/** The task for the part of a route that can run elsewhere, or undefined when its source or first step cannot. */
export function taskFor(
  hops: readonly Hop[],
  request: AnyRequest,
): { readonly args: ConversionTask; readonly taken: number } | undefined {
  const taken = movableSteps(hops);
  const packed = packRequest(request);
  if (packed === undefined || taken === 0) return undefined;
  const part = hops.slice(0, taken);
  const modules = new Map(part.map(({ adapter }) => [adapter.id, adapter.module]));
  const adapters = [...modules].flatMap(([id, found]) =>
    found === undefined ? [] : [{ id, url: found.url, export: found.export }],
  );
  const steps = part.map(({ adapter, from, to }) => ({ adapter: adapter.id, from, to }));
  return { args: { adapters, hops: steps, request: packed }, taken };
}
