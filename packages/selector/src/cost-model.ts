/**
 * What each strategy costs, from first principles: the work itself, what it takes to hand it to another thread and
 * to move the data there and back, and what the cache and laziness save. The coefficients are priors for a common
 * machine, right within a factor of a few; `calibration.ts` corrects what follows from them while the program runs.
 */
import type { DataCharacteristics } from './characteristics.js';
import type { Estimate, SelectionContext, Strategy } from './strategy.js';

/** Priors, each with its unit. */
export interface Coefficients {
  /** Milliseconds to convert one MB when no adapter gave an estimate. */
  readonly convertMsPerMb: number;
  /** Milliseconds to find a result in the cache. */
  readonly lookupMs: number;
  /** Milliseconds to hand a task to a warm worker and hear back. */
  readonly dispatchMs: number;
  /** Milliseconds to copy one MB of source to a worker; results are moved, which costs nothing per byte. */
  readonly copyMsPerMb: number;
  /** Milliseconds to join one MB of partial results. */
  readonly joinMsPerMb: number;
  /** Share of the work that runs one after the other however many threads there are. */
  readonly serialShare: number;
}

export const PRIORS: Coefficients = {
  convertMsPerMb: 12,
  lookupMs: 0.01,
  dispatchMs: 0.3,
  copyMsPerMb: 1.3,
  joinMsPerMb: 0.4,
  serialShare: 0.15,
};

const MB = 2 ** 20;

/** The request in the terms of the model. */
export interface Work {
  readonly sourceMb: number;
  readonly resultBytes: number;
  /** Milliseconds of an inline conversion. */
  readonly inlineMs: number;
  readonly hitProbability: number;
  readonly touchedShare: number;
  readonly cores: number;
  readonly parts: number;
  readonly memoryLimit: number;
  readonly available: readonly Strategy[];
}

export function workOf(
  c: Partial<DataCharacteristics>,
  context: SelectionContext,
  hitProbability: number,
  available: readonly Strategy[],
  coefficients: Coefficients,
): Work {
  const bytes = c.bytes ?? 0;
  const columns = c.columns ?? 0;
  const touched = context.columnsTouched ?? columns;
  return {
    sourceMb: bytes / MB,
    resultBytes: c.resultBytes ?? bytes,
    inlineMs: c.conversionMs ?? (bytes / MB) * coefficients.convertMsPerMb,
    hitProbability,
    touchedShare: columns === 0 ? 1 : Math.min(1, touched / columns),
    cores: context.cores ?? 1,
    parts: context.parts ?? 1,
    memoryLimit: context.memoryLimit ?? Infinity,
    available,
  };
}

/** Milliseconds of a strategy when the cache has no answer. */
export function missMs(strategy: Strategy, work: Work, k: Coefficients): number {
  switch (strategy) {
    case 'cache-first':
      return k.lookupMs + work.inlineMs;
    case 'lazy-loading':
      return k.lookupMs + work.inlineMs * work.touchedShare;
    case 'parallel': {
      const threads = Math.max(1, Math.min(work.cores, work.parts));
      const join = threads > 1 ? (work.resultBytes / MB) * k.joinMsPerMb : 0;
      // Amdahl's law: what cannot be divided stays.
      const share = threads > 1 ? k.serialShare + (1 - k.serialShare) / threads : 1;
      return (
        k.lookupMs + k.dispatchMs * threads + work.sourceMb * k.copyMsPerMb + work.inlineMs * share + join
      );
    }
  }
}

/** Bytes of a strategy at its peak: the source, the result, and what is there twice for a while. */
export function peakBytes(strategy: Strategy, work: Work): number {
  const source = work.sourceMb * MB;
  switch (strategy) {
    case 'cache-first':
      return source + work.resultBytes;
    case 'lazy-loading':
      return source + work.resultBytes * work.touchedShare;
    case 'parallel':
      return source + work.resultBytes * (work.parts > 1 ? 2 : 1);
  }
}

/** All strategies, the cheapest feasible one first. `correction` is what calibration has learned. */
export function estimateAll(
  strategies: readonly Strategy[],
  work: Work,
  k: Coefficients,
  correction: (strategy: Strategy) => number,
): Estimate[] {
  return strategies
    .map((strategy): Estimate => {
      const bytes = peakBytes(strategy, work);
      const miss = missMs(strategy, work, k) * correction(strategy);
      return {
        strategy,
        durationMs: work.hitProbability * k.lookupMs + (1 - work.hitProbability) * miss,
        peakBytes: bytes,
        feasible: work.available.includes(strategy) && bytes <= work.memoryLimit,
      };
    })
    .sort((a, b) => Number(b.feasible) - Number(a.feasible) || a.durationMs - b.durationMs);
}
