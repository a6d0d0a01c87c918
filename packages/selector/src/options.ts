import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { SelectorError } from './errors.js';

/** How a selector is set up. */
export interface SelectorOptions {
  /**
   * Share of decisions that try the second best strategy to learn about it, 0 to 0.5; only where it is expected to
   * cost at most twice the best. Default 0.02; 0 switches exploration off.
   */
  readonly explore?: number;
  /** Seed of the exploration: the same seed and the same calls give the same decisions. Default 1. */
  readonly seed?: number;
}

export interface ResolvedOptions {
  readonly explore: number;
  readonly seed: number;
}

export const DEFAULTS: ResolvedOptions = { explore: 0.02, seed: 1 };

/** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_OPTION` */
export function resolveOptions(options: SelectorOptions = {}): ResolvedOptions {
  refuseUnknown(options, Object.keys(DEFAULTS), refuse);
  const { explore = DEFAULTS.explore, seed = DEFAULTS.seed } = options;
  return {
    explore: parseShare(explore, 'explore', 0.5),
    seed: parseCount(seed, 'seed', refuse, { min: 0, max: 2 ** 32 - 1 }),
  };
}

function parseShare(value: unknown, field: string, max: number): number {
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw refuse(`${field} must be a share from 0 to ${String(max)}; given ${shown(value)}`);
}

function refuse(message: string): SelectorError {
  return new SelectorError('ERR_PERF_SELECTOR_INVALID_OPTION', message);
}
