import { ConversionError } from '../../errors.js';
import { mergedWarnings } from '../../losses.js';
import { ownModule } from '../../module-url.js';
import type { AnyRequest, Format } from '../../request.js';
import type { ConversionResult } from '../../result.js';
import type { Hop } from '../../route.js';
import { runRoute } from '../../route-run.js';
import { withoutSelection } from '../../selection.js';
import type { ConvertOptions } from '../../adapter.js';
import { isPackable, unpackResult } from '../packing.js';
import type { Executor } from '../ports.js';
import { movableSteps, taskFor } from '../worker-task.js';
import type { Job, StrategyRun } from './strategy.js';

const HUB: Format = 'columns';
/** The built file that a worker loads. */
const WORKER_TASK = ownModule('worker-task', 'convertTask');

/** On the executor, in as many parts as the source can be cut into. */
export function parallelRun(executor: Executor): StrategyRun {
  return {
    name: 'parallel',
    can: ({ hops }, { source }) => movableSteps(hops) > 0 && isPackable(source),
    run: (job) => parallel(executor, job),
  };
}

/** How many parts the first step of a route can be cut into, at most. */
export function divisibleParts(executor: Executor, [first]: readonly Hop[]): number {
  const divisible =
    first !== undefined && first.to === HUB && 'split' in first.adapter && 'merge' in first.adapter;
  return divisible ? executor.concurrency : 1;
}

async function parallel(executor: Executor, { path, request, options }: Job): Promise<ConversionResult> {
  const [first] = path.hops;
  if (first?.to !== HUB || executor.concurrency < 2) {
    return onExecutor(executor, path.hops, request, options);
  }
  const parts = (await first.adapter.split?.({ ...request, to: HUB }, executor.concurrency)) ?? [];
  if (parts.length < 2) return onExecutor(executor, path.hops, request, options);
  const pieces = await together(parts, options.signal, (part, signal) =>
    onExecutor(executor, [first], part, { ...options, signal }),
  );
  const merged = first.adapter.merge?.(pieces);
  if (merged === undefined) return onExecutor(executor, path.hops, request, options);
  return rest(path.hops, 1, merged, request, options);
}

/** As much of the route as can run elsewhere runs there; the rest, such as making row objects, here. */
async function onExecutor(
  executor: Executor,
  hops: readonly Hop[],
  request: AnyRequest,
  options: ConvertOptions,
): Promise<ConversionResult> {
  const task = taskFor(hops, request);
  if (task === undefined) {
    throw new ConversionError(
      'ERR_PERF_CONVERT_FAILED',
      'this conversion cannot leave the thread: its source or its adapters cannot',
    );
  }
  const { url, export: exported } = WORKER_TASK;
  const packed = await executor.run<unknown>(
    { module: url, export: exported, args: task.args },
    options.signal === undefined ? {} : { signal: options.signal },
  );
  return rest(hops, task.taken, unpackResult(packed), request, options);
}

async function rest(
  hops: readonly Hop[],
  taken: number,
  so: ConversionResult,
  request: AnyRequest,
  options: ConvertOptions,
): Promise<ConversionResult> {
  if (taken === hops.length) return so;
  const later = await runRoute(
    hops.slice(taken),
    { ...withoutSelection(request), source: { value: so.data }, from: so.format },
    options,
  );
  return {
    ...later,
    metadata: { ...so.metadata, ...later.metadata },
    warnings: mergedWarnings([...so.warnings, ...later.warnings]),
    quality: so.quality * later.quality,
    route: [...so.route, ...later.route],
    durationMs: so.durationMs + later.durationMs,
  };
}

/**
 * Runs all parts at once. When one fails, the others are called off and waited for, and its error is the one that counts.
 */
async function together<Part, Piece>(
  parts: readonly Part[],
  signal: AbortSignal | undefined,
  run: (part: Part, signal: AbortSignal) => Promise<Piece>,
): Promise<Piece[]> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  const failures: unknown[] = [];
  try {
    const settled = await Promise.allSettled(
      parts.map(async (part) => {
        try {
          return await run(part, controller.signal);
        } catch (error) {
          failures.push(error);
          controller.abort(error);
          throw error;
        }
      }),
    );
    if (failures.length > 0) throw failures[0];
    return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
