import { systemClock, type Clock } from '@perf/internal/clock';
import { shown } from '@perf/internal/errors';
import { parseChoice, parseCount, refuseUnknown } from '@perf/internal/options';
import { PRIORS } from './coefficients.js';
import { builtInModels } from './cost-model.js';
import { SelectorError } from './errors.js';
import { INTENTS } from './intent.js';
import type { MachineSpeed } from './machine.js';
import {
  STRATEGY_NAMES,
  type Intent,
  type Strategy,
  type StrategyModel,
  type StrategyName,
} from './strategy.js';

/** How a selector is set up. */
export interface SelectorOptions {
  /** The strategies to choose from: by name, or your own with what they are taken to cost. Default: the six. */
  readonly strategies?: readonly Strategy[];
  /**
   * What another selector had learned, as `toJSON` gave it, on this machine or another one. What cannot be used is
   * refused: `onError` hears why, and the selector begins with what it knows beforehand.
   */
  readonly state?: unknown;
  /** What selections are for, where a request does not say it itself. Default `'balanced'`. */
  readonly intent?: Intent;
  /**
   * Share of the expected time that may be spent on trying what may turn out better, 0 to 0.5. Default 0.005; 0
   * switches exploration off.
   */
  readonly explore?: number;
  /** Seed of the exploration: the same seed and the same calls give the same decisions. Default 1. */
  readonly seed?: number;
  /** Time by which strategies that failed are left alone. Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** How fast this machine is. Default: measured, in about 10 ms, once a state is written or read. */
  readonly machine?: MachineSpeed;
  /** Runs a task soon, off the path of requests. Default: `setImmediate`, which does not keep the process alive. */
  readonly schedule?: (task: () => void) => void;
  /** Hears why a state was refused. Default: a process warning. */
  readonly onError?: (error: SelectorError) => void;
}

export interface ResolvedOptions {
  readonly models: readonly StrategyModel[];
  readonly state: unknown;
  readonly intent: Intent;
  readonly explore: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly machine: MachineSpeed | undefined;
  readonly schedule: (task: () => void) => void;
  readonly onError: (error: SelectorError) => void;
}

export const DEFAULTS: {
  readonly strategies: readonly StrategyName[];
  readonly intent: Intent;
  readonly explore: number;
  readonly seed: number;
} = Object.freeze({ strategies: STRATEGY_NAMES, intent: 'balanced', explore: 0.005, seed: 1 });

const FIELDS: readonly (keyof SelectorOptions)[] = [
  'strategies',
  'state',
  'intent',
  'explore',
  'seed',
  'clock',
  'machine',
  'schedule',
  'onError',
];
const MAX_STRATEGIES = 32;

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_OPTION` */
export function resolveOptions(options: SelectorOptions = {}): ResolvedOptions {
  refuseUnknown(options, FIELDS, refuse);
  const { explore = DEFAULTS.explore, seed = DEFAULTS.seed } = options;
  return {
    models: parseStrategies(options.strategies === undefined ? DEFAULTS.strategies : options.strategies),
    state: options.state,
    intent: parseChoice(
      options.intent === undefined ? DEFAULTS.intent : options.intent,
      'intent',
      INTENTS,
      refuse,
    ),
    explore: parseShare(explore, 'explore', 0.5),
    seed: parseCount(seed, 'seed', refuse, { min: 0, max: 2 ** 32 - 1 }),
    clock: parseClock(options.clock),
    machine: parseMachine(options.machine),
    schedule: parseFunction(options.schedule, 'schedule') ?? soon,
    onError: parseFunction(options.onError, 'onError') ?? warn,
  };
}

function parseStrategies(given: unknown): readonly StrategyModel[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > MAX_STRATEGIES) {
    throw refuse(
      `strategies must be a list of 1 to ${String(MAX_STRATEGIES)}; given ${Array.isArray(given) ? `a list of ${String(given.length)}` : shown(given)}`,
    );
  }
  const builtIn = builtInModels(PRIORS);
  const models = given.map((one: unknown): StrategyModel => {
    if (isModel(one)) return one;
    const found = builtIn.find(({ name }) => name === one);
    if (found !== undefined) return found;
    throw refuse(
      `strategies must hold names (${STRATEGY_NAMES.join(', ')}) or { name, cost, peakBytes }; given ${shown(one)}`,
    );
  });
  const names = models.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw refuse(`strategies must have different names; ${shown(twice)} comes twice`);
  return models;
}

function isModel(value: unknown): value is StrategyModel {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    value.name !== '' &&
    'cost' in value &&
    typeof value.cost === 'function' &&
    'peakBytes' in value &&
    typeof value.peakBytes === 'function'
  );
}

function parseMachine(given: MachineSpeed | undefined): MachineSpeed | undefined {
  if (given === undefined) return undefined;
  for (const field of ['computeMs', 'copyMs'] as const) {
    const value: unknown = given[field];
    if (typeof value !== 'number' || !(value > 0) || value === Infinity) {
      throw refuse(`machine.${field} must be a number of milliseconds above 0; given ${shown(value)}`);
    }
  }
  return given;
}

function parseClock(given: Clock | undefined): Clock {
  if (given === undefined) return systemClock;
  const clock: unknown = given;
  if (typeof clock === 'object' && clock !== null && 'now' in clock && typeof clock.now === 'function')
    return given;
  throw refuse(`clock must be an object with a method now; given ${shown(clock)}`);
}

function parseFunction<F>(given: F | undefined, field: string): F | undefined {
  if (given === undefined || typeof given === 'function') return given;
  throw refuse(`${field} must be a function; given ${shown(given)}`);
}

function parseShare(value: unknown, field: string, max: number): number {
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw refuse(`${field} must be a share from 0 to ${String(max)}; given ${shown(value)}`);
}

function soon(task: () => void): void {
  setImmediate(task).unref();
}

function warn(error: SelectorError): void {
  process.emitWarning(error.message, { code: error.code, type: error.name });
}

export function refuse(message: string): SelectorError {
  return new SelectorError('ERR_PERF_SELECTOR_INVALID_OPTION', message);
}
