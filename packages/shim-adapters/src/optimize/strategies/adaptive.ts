import { parseBytes } from '@perf/internal/bytes';
import { parseDuration } from '@perf/internal/duration';
import { refuseOption } from '../../errors.js';
import type { AdapterRegistry } from '../../registry.js';
import type { Job, StrategyRun } from './strategy.js';

/** How far work may outrun its estimate before it goes on elsewhere. */
const PATIENCE = 2;
/** What is over sooner is not worth giving up. */
const LEAST_MS = 25;
const LEAST_BYTES = 4 * 2 ** 20;

/**
 * Begins right here. What takes twice as long as it was expected to goes on on another thread, what grows to twice the
 * memory goes on batch by batch: it begins anew there, so no more is lost than was spent up to then.
 */
export function adaptiveRun(
  registry: AdapterRegistry,
  { streamed, parallel }: { readonly streamed: StrategyRun; readonly parallel: StrategyRun | undefined },
): StrategyRun {
  return {
    name: 'adaptive',
    // What can be read only once cannot begin anew.
    can: (path, request) =>
      !('stream' in request.source) && (streamed.can(path, request) || parallel?.can(path, request) === true),
    async run(job) {
      const bounds = boundsOf(job);
      const elsewhere = parallel?.can(job.path, job.request) === true ? parallel : undefined;
      const inBatches = streamed.can(job.path, job.request) ? streamed : undefined;
      try {
        return await registry.convertAlong(job.path, job.request, {
          ...job.options,
          ...(elsewhere === undefined ? {} : { timeout: bounds.timeout }),
          ...(inBatches === undefined ? {} : { maxBytes: bounds.maxBytes }),
        });
      } catch (error) {
        const next = successor(error, bounds, elsewhere, inBatches);
        if (next === undefined || job.options.signal?.aborted === true) throw error;
        return next.run(job);
      }
    },
  };
}

interface Patience {
  readonly timeout: number;
  readonly maxBytes: number;
  /** Whether they are tighter than what the caller allows: only then is there a way to go on. */
  readonly ownTimeout: boolean;
  readonly ownMaxBytes: boolean;
}

function boundsOf({ options, plan, path }: Job): Patience {
  const expected = plan.estimates?.find(({ strategy }) => strategy === 'cache-first');
  const ms = Math.max(LEAST_MS, PATIENCE * (expected?.missMs ?? path.durationMs));
  const bytes = Math.max(LEAST_BYTES, PATIENCE * path.bytes);
  const given = parseDuration(options.timeout ?? Infinity, 'timeout', refuseOption, true);
  const room = parseBytes(options.maxBytes ?? Infinity, 'maxBytes', refuseOption, true);
  return {
    timeout: Math.min(ms, given),
    maxBytes: Math.min(bytes, room),
    ownTimeout: ms < given,
    ownMaxBytes: bytes < room,
  };
}

function successor(
  error: unknown,
  { ownTimeout, ownMaxBytes }: Patience,
  elsewhere: StrategyRun | undefined,
  inBatches: StrategyRun | undefined,
): StrategyRun | undefined {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ERR_PERF_CONVERT_TIMEOUT' && ownTimeout) return elsewhere;
  if (code === 'ERR_PERF_CONVERT_MEMORY_EXCEEDED' && ownMaxBytes) return inBatches;
  return undefined;
}
