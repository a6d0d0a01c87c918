/**
 * What each strategy costs, from first principles: the work itself, fresh memory, what it takes to hand work to another
 * thread and to move data there and back, and what laziness, batches and pools save. The coefficients are shared by all
 * strategies, so what one of them shows of threads, memory or a route is known of the others too. The priors are right
 * within a factor of a few; `calibration.ts` corrects them while the program runs.
 */
import type { CoefficientName, Coefficients } from './coefficients.js';
import type { CostTerm, StrategyModel } from './strategy.js';
import { MB, type Work } from './work.js';

/** Half of what outruns its estimate at all does so by more than what going on elsewhere costs. */
const OUTRUNS = 0.15;

const term = (ms: number, ...coefficients: CoefficientName[]): CostTerm => ({ ms, coefficients });

/** The six strategies, with these coefficients. */
export function builtInModels(k: Coefficients): readonly StrategyModel[] {
  const inline = (work: Work): CostTerm[] => [
    term(k.setupMs, 'setup'),
    term(work.inlineMs, 'work'),
    term((work.resultMb + work.intermediateMb) * k.memoryMsPerMb, 'memory'),
  ];
  const elsewhere = (work: Work): CostTerm[] => threaded(work, k);
  return [
    { name: 'cache-first', cost: inline, peakBytes: whole },
    {
      name: 'lazy-loading',
      // Every column is a conversion of its own, and each of them meets what all columns share.
      cost: (work) => {
        const { touched, columns, inlineMs, resultMb, intermediateMb } = work;
        return [
          term(touched * k.setupMs, 'setup'),
          term(touched * k.openMs, 'open'),
          term(touched * inlineMs * k.parseShare, 'work', 'parse'),
          term((touched / columns) * inlineMs * (1 - k.parseShare), 'work'),
          term((touched / columns) * (resultMb + intermediateMb) * k.memoryMsPerMb, 'memory'),
        ];
      },
      peakBytes: ({ sourceMb, intermediateMb, resultMb, touched, columns }) =>
        (sourceMb + (intermediateMb + resultMb) * (touched / columns)) * MB,
    },
    {
      name: 'streaming',
      cost: (work) => [
        term(k.setupMs, 'setup'),
        term(work.inlineMs, 'work'),
        term(Math.ceil(work.sourceMb / k.batchMb) * k.batchMs, 'batch'),
        term(work.resultMb * k.copyMsPerMb, 'copy'),
        term(work.resultMb * k.memoryMsPerMb, 'memory'),
      ],
      peakBytes: (work) => (streamedMb(work, k) + work.resultMb) * MB,
    },
    {
      name: 'memory-pool',
      cost: (work) => [
        term(k.setupMs, 'setup'),
        term(k.poolMs, 'pool'),
        term(work.inlineMs, 'work'),
        term((work.resultMb + work.intermediateMb) * (1 - k.pooledShare) * k.memoryMsPerMb, 'memory'),
      ],
      peakBytes: (work) => whole(work) + work.resultMb * MB,
    },
    {
      name: 'parallel',
      cost: elsewhere,
      peakBytes: (work) =>
        (work.sourceMb + (work.resultMb + work.intermediateMb) * (work.parts > 1 ? 2 : 1)) * MB,
    },
    {
      name: 'adaptive',
      cost: (work) => [
        ...inline(work),
        term(k.switchMs * OUTRUNS, 'switch'),
        term(work.inlineMs * OUTRUNS, 'work', 'switch'),
      ],
      // What outgrows the limit goes on by batches.
      peakBytes: (work) => {
        const streamed = (streamedMb(work, k) + work.resultMb) * MB;
        return Math.max(streamed, Math.min(whole(work), work.memoryLimit));
      },
    },
  ];
}

/** The source, the result, and what is between them. */
function whole({ sourceMb, intermediateMb, resultMb }: Work): number {
  return (sourceMb + intermediateMb + resultMb) * MB;
}

/** Two batches are on their way at a time, as read and as converted. */
function streamedMb({ sourceMb, intermediateMb, resultMb }: Work, k: Coefficients): number {
  const growth = sourceMb === 0 ? 1 : 1 + (intermediateMb + resultMb) / sourceMb;
  return Math.min(sourceMb, 2 * k.batchMb) * growth;
}

function threaded(work: Work, k: Coefficients): CostTerm[] {
  const threads = Math.min(work.cores, work.parts);
  const waiting = (work.queueLength / work.cores) * work.inlineMs;
  const moved = [
    term(k.setupMs, 'setup'),
    term(k.dispatchMs * threads, 'dispatch'),
    term(work.coldStart ? k.startMs : 0, 'start'),
    term(work.sourceMb * k.copyMsPerMb, 'copy'),
    term((work.resultMb + work.intermediateMb) * k.memoryMsPerMb, 'memory'),
    term(waiting, 'work'),
  ];
  if (threads === 1) return [...moved, term(work.inlineMs, 'work')];
  // Amdahl's law: what cannot be divided stays.
  const divided = ((1 - k.serialShare) / threads) * k.contention;
  return [
    ...moved,
    term(work.inlineMs * k.serialShare, 'work', 'serial'),
    term(work.inlineMs * divided, 'work', 'contention'),
    term((work.resultMb + work.intermediateMb) * k.mergeMsPerMb, 'merge'),
  ];
}
