/** What a selector has learned, as plain data: to be kept over restarts, and read back with all doubt. */
import { shown } from '@perf/internal/errors';
import type { Beliefs } from './belief.js';
import type { Calibration } from './calibration.js';
import { ROUTE_COEFFICIENTS, SHARED_COEFFICIENTS } from './coefficients.js';
import { DEVIATION_SIZE } from './deviation.js';
import { SelectorError } from './errors.js';
import type { MachineSpeed } from './machine.js';
import type { Peaks } from './peaks.js';
import { REUSE_COUNTS, type Reuse } from './reuse.js';

const VERSION = 1;
/** Routes that are kept, those seen last. */
const MAX_ROUTES = 64;
const DIGITS = 4;

/** Some beliefs: pairs of an index and a mean, of an index and a variance, and what the first few know of each other. */
export interface BeliefsState {
  readonly mean: readonly (readonly [number, number])[];
  readonly variance: readonly (readonly [number, number])[];
  readonly covariance: readonly (readonly [number, number, number])[];
}

/** Everything learned; `JSON.stringify` writes it in about a kilobyte for each route. */
export interface SelectorState {
  readonly format: '@perf/selector';
  readonly version: number;
  /** The strategies, in order, that it was learned for. */
  readonly strategies: readonly string[];
  /** The machine it was learned on. */
  readonly machine: MachineSpeed;
  /** Outcomes that taught it. */
  readonly observed: number;
  readonly common: number;
  readonly shared: BeliefsState;
  readonly routes: readonly (readonly [string, BeliefsState])[];
  readonly reuse: readonly number[];
  readonly peaks: readonly (readonly [string, number])[];
}

/** What is kept. */
export interface Memory {
  readonly strategies: readonly string[];
  readonly calibration: Calibration;
  readonly reuse: Reuse;
  readonly peaks: Peaks;
}

export function stateOf(memory: Memory, machine: MachineSpeed, observed: number): SelectorState {
  const { shared, routes, common } = memory.calibration.learned;
  return {
    format: '@perf/selector',
    version: VERSION,
    strategies: memory.strategies,
    machine,
    observed,
    common: rounded(common),
    shared: written(shared, shared.size),
    routes: [...routes]
      .slice(-MAX_ROUTES)
      .map(([route, beliefs]) => [route, written(beliefs, ROUTE_COEFFICIENTS.length)]),
    reuse: memory.reuse.toJSON(),
    peaks: memory.peaks.toJSON(),
  };
}

/**
 * Reads a state back, scaled to this machine.
 * @returns how many outcomes taught it
 * @throws SelectorError `ERR_PERF_SELECTOR_BAD_STATE`, before anything is changed
 */
export function restoreState(given: unknown, memory: Memory, machine: () => MachineSpeed): number {
  const state = checked(given, memory);
  const here = machine();
  const slower = Math.log(here.computeMs / state.machine.computeMs);
  const copiesSlower = Math.log(here.copyMs / state.machine.copyMs);
  const { calibration, reuse, peaks } = memory;
  const names = state.routes.map(([name]) => name);
  const routes = calibration.restore(state.common + slower, names);
  state.routes.forEach(([, beliefs], i) => {
    const own = routes[i];
    if (own === undefined) return;
    read(own, beliefs);
    own.mean[0] = own.meanOf(0) + slower;
  });
  const { shared } = calibration.learned;
  read(shared, state.shared);
  SHARED_COEFFICIENTS.forEach((name, i) => {
    if (name === 'contention') return;
    const memoryBound = name === 'memory' || name === 'copy' || name === 'merge';
    shared.mean[i] = shared.meanOf(i) + (memoryBound ? copiesSlower : slower);
  });
  reuse.restore(state.reuse);
  peaks.restore(state.peaks);
  return state.observed;
}

/** @param correlated of the first so many beliefs it is kept what they know of each other */
function written(beliefs: Beliefs, correlated: number): BeliefsState {
  const all = Array.from({ length: beliefs.size }, (_, i) => i);
  // Levels and slopes of the strategies are correlated with the coefficients; the knots little.
  const core = all.filter((i) => i < correlated || (i - correlated) % DEVIATION_SIZE < 2);
  return {
    mean: all.flatMap((i) => (beliefs.meanOf(i) === 0 ? [] : [[i, rounded(beliefs.meanOf(i))] as const])),
    variance: all.map((i) => [i, rounded(beliefs.varianceOf(i))] as const),
    covariance: core.flatMap((i) =>
      core.flatMap((j) => {
        const known = rounded(beliefs.covariance[i * beliefs.size + j] ?? 0);
        return j <= i || Math.abs(known) < 1e-4 ? [] : [[i, j, known] as const];
      }),
    ),
  };
}

function read(beliefs: Beliefs, { mean, variance, covariance }: BeliefsState): void {
  const { size } = beliefs;
  beliefs.mean.fill(0);
  for (const [i, value] of mean) beliefs.mean[i] = value;
  for (const [i, value] of variance) beliefs.setVariance(i, value);
  for (const [i, j, value] of covariance) {
    beliefs.covariance[i * size + j] = value;
    beliefs.covariance[j * size + i] = value;
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

function checked(given: unknown, { strategies, calibration }: Memory): SelectorState {
  if (!isRecord(given) || given['format'] !== '@perf/selector') {
    throw refused(`it is no state of @perf/selector: ${shown(given)}`);
  }
  if (given['version'] !== VERSION) {
    throw refused(`its version is ${shown(given['version'])}, and this package reads ${String(VERSION)}`);
  }
  const names: unknown = given['strategies'];
  if (!Array.isArray(names) || names.join() !== strategies.join()) {
    throw refused(`it was learned for other strategies than ${strategies.join(', ')}`);
  }
  const sharedSize = calibration.learned.shared.size;
  const routeSize = ROUTE_COEFFICIENTS.length + strategies.length * DEVIATION_SIZE;
  if (isState(given, sharedSize, routeSize)) return given;
  throw refused('a part of it is missing or is no number that could have been learned');
}

function isState(
  state: Readonly<Record<string, unknown>>,
  sharedSize: number,
  routeSize: number,
): state is Readonly<Record<string, unknown>> & SelectorState {
  const { machine, observed, common, shared, routes, reuse, peaks } = state;
  return (
    isRecord(machine) &&
    isPositive(machine['computeMs']) &&
    isPositive(machine['copyMs']) &&
    isWithin(observed, 0, Number.MAX_SAFE_INTEGER) &&
    isLogarithm(common) &&
    areBeliefs(shared, sharedSize) &&
    Array.isArray(routes) &&
    routes.length <= MAX_ROUTES &&
    routes.every((one) => isPair(one) && typeof one[0] === 'string' && areBeliefs(one[1], routeSize)) &&
    Array.isArray(reuse) &&
    reuse.length === REUSE_COUNTS &&
    reuse.every((count) => isWithin(count, 0, 1e6)) &&
    Array.isArray(peaks) &&
    peaks.every((one) => isPair(one) && typeof one[0] === 'string' && isLogarithm(one[1]))
  );
}

function areBeliefs(value: unknown, size: number): boolean {
  if (!isRecord(value)) return false;
  const { mean, variance, covariance } = value;
  const isIndex = (index: unknown): boolean => Number.isInteger(index) && isWithin(index, 0, size - 1);
  if (!Array.isArray(mean) || !Array.isArray(variance) || !Array.isArray(covariance)) return false;
  const variances = new Map<unknown, number>();
  for (const one of variance) {
    if (!isPair(one) || !isIndex(one[0]) || !isWithin(one[1], 0, MOST)) return false;
    variances.set(one[0], Number(one[1]));
  }
  return (
    variances.size === size &&
    mean.every((one) => isPair(one) && isIndex(one[0]) && isLogarithm(one[1])) &&
    covariance.every((one) => {
      if (!isTriple(one)) return false;
      const [i, j, known] = one;
      const most = Math.sqrt((variances.get(i) ?? 0) * (variances.get(j) ?? 0)) * 1.01 + 1e-4;
      return isIndex(i) && isIndex(j) && i !== j && isWithin(known, -most, most);
    })
  );
}

/** More than any logarithm that is learned, and than any variance. */
const MOST = 100;

function isLogarithm(value: unknown): boolean {
  return isWithin(value, -MOST, MOST);
}

function isPositive(value: unknown): boolean {
  return isWithin(value, Number.MIN_VALUE, 1e9);
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function isTriple(value: unknown): value is readonly [unknown, unknown, unknown] {
  return Array.isArray(value) && value.length === 3;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function refused(why: string): SelectorError {
  return new SelectorError(
    'ERR_PERF_SELECTOR_BAD_STATE',
    `the state cannot be used: ${why}; the selector begins with what it knows beforehand`,
  );
}
