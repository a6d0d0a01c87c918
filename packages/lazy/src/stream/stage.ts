import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { refuseOption } from '../errors.js';
import { parseFlag } from '../memory/pool-options.js';
import type { Batch } from './batch.js';

/** What a stage makes of a batch: one, several (made while they are asked for), or none. */
export type Batches<T = unknown> = Batch<T> | Iterable<Batch<T>> | AsyncIterable<Batch<T>> | undefined;

/** What a stage is handed beside the batch. Nothing in it needs `this`. */
export interface StageContext {
  /** Fires when the run is given up. */
  readonly signal: AbortSignal;
  /**
   * Memory for what this call gives: from the pool when the run has one, else fresh. It is given back when the batches
   * that this call gave are done with.
   */
  readonly allocate: (bytes: number) => Uint8Array<ArrayBuffer>;
  /** Says that what this call gives shares memory with its batch, which then stays on the books, and undisposed, as long. */
  readonly keep: () => void;
  /** Says how many bytes the stage itself holds between batches, now: they count towards the budget. */
  readonly hold: (bytes: number) => void;
}

/** One step of a pipeline. */
export interface Stage<In = unknown, Out = unknown> {
  /** For messages. Default: its place, such as `'stage 2'`. */
  readonly name?: string;
  /** Makes batches of a batch. To pass it on, return it. */
  run(batch: Batch<In>, context: StageContext): Batches<Out> | Promise<Batches<Out>>;
  /** Called once when the last batch has passed: gives what the stage has held back. */
  flush?(context: StageContext): Batches<Out> | Promise<Batches<Out>>;
  /** Batches in work at the same time, for stages that wait or run elsewhere. What they give is then collected. Default 1. */
  readonly concurrency?: number;
  /** Whether batches leave in the order in which they came. `false`: as they get ready. Default `true`. */
  readonly ordered?: boolean;
}

/** A stage that is only a function. */
export type StageFunction<In = unknown, Out = unknown> = Stage<In, Out>['run'];

/** A stage, read. */
export interface OpenStage {
  readonly name: string;
  readonly concurrency: number;
  readonly ordered: boolean;
  run(batch: Batch, context: StageContext): unknown;
  readonly flush: ((context: StageContext) => unknown) | undefined;
}

const KNOWN = ['name', 'run', 'flush', 'concurrency', 'ordered'];

/** Reads the stages of a run. */
export function openStages(stages: readonly (Stage | StageFunction)[]): readonly OpenStage[] {
  if (!isArray(stages)) throw refuseOption(`stages must be an array; given ${shown(stages)}`);
  return stages.map((stage, index) => openStage(stage, `stage ${String(index + 1)}`));
}

function openStage(stage: Stage | StageFunction, place: string): OpenStage {
  if (typeof stage === 'function') {
    return { name: place, concurrency: 1, ordered: true, run: stage, flush: undefined };
  }
  if (typeof stage !== 'object' || (stage as unknown) === null || typeof stage.run !== 'function') {
    throw refuseOption(`${place} must be a function or an object with a method run(); given ${shown(stage)}`);
  }
  const own = Object.getPrototypeOf(stage) === Object.prototype;
  if (own) refuseUnknown(stage, KNOWN, refuseOption);
  const { name = place, concurrency = 1, ordered = true } = stage;
  return {
    name,
    concurrency: parseCount(concurrency, `concurrency of ${name}`, refuseOption, { max: MOST_LANES }),
    ordered: parseFlag(ordered, `ordered of ${name}`),
    run: (batch, context) => stage.run(batch, context),
    flush: stage.flush === undefined ? undefined : (context) => stage.flush?.(context),
  };
}

const MOST_LANES = 1024;

function isArray(value: unknown): boolean {
  return Array.isArray(value);
}
