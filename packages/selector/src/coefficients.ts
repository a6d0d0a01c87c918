/** What costs are made of. The first three are learned for each route, the others are shared by all. */
export type CoefficientName = RouteCoefficient | SharedCoefficient;

export const ROUTE_COEFFICIENTS = ['work', 'serial', 'parse'] as const;
export const SHARED_COEFFICIENTS = [
  'setup',
  'memory',
  'dispatch',
  'start',
  'copy',
  'merge',
  'contention',
  'batch',
  'open',
  'pool',
  'switch',
] as const;

type RouteCoefficient = (typeof ROUTE_COEFFICIENTS)[number];
type SharedCoefficient = (typeof SHARED_COEFFICIENTS)[number];

/** Prior values, each with its unit; MB are 1024 x 1024 bytes. */
export interface Coefficients {
  /** Milliseconds to convert one MB when no adapter gave an estimate. */
  readonly workMsPerMb: number;
  /** Share of the work that runs one after the other however many threads there are. */
  readonly serialShare: number;
  /** Share of the work that all columns share: it is done even for one of them. */
  readonly parseShare: number;
  /** Milliseconds to find a result in the cache. */
  readonly lookupMs: number;
  /** Milliseconds that every conversion takes, however small. */
  readonly setupMs: number;
  /** Milliseconds for one MB of memory that was never touched before. */
  readonly memoryMsPerMb: number;
  /** Milliseconds to hand a task to a warm thread and hear back. */
  readonly dispatchMs: number;
  /** Milliseconds until a thread has started and found its modules. */
  readonly startMs: number;
  /** Milliseconds to copy one MB. */
  readonly copyMsPerMb: number;
  /** Milliseconds to join one MB of partial results. */
  readonly mergeMsPerMb: number;
  /** By what factor work takes longer while several threads are at it. */
  readonly contention: number;
  /** Milliseconds that a batch costs beside its work. */
  readonly batchMs: number;
  /** MB of a batch. */
  readonly batchMb: number;
  /** Milliseconds to defer a conversion and ask for a column. */
  readonly openMs: number;
  /** Milliseconds to lend buffers and take them back. */
  readonly poolMs: number;
  /** Share of the memory of a conversion that a pool has lent before. */
  readonly pooledShare: number;
  /** Milliseconds to give up one way and begin another. */
  readonly switchMs: number;
}

/** Measured on real conversions; see the README for the command. */
export const PRIORS: Coefficients = {
  workMsPerMb: 12,
  serialShare: 0.15,
  parseShare: 0.4,
  lookupMs: 0.04,
  setupMs: 0.5,
  memoryMsPerMb: 0.2,
  dispatchMs: 0.8,
  startMs: 120,
  copyMsPerMb: 0.7,
  mergeMsPerMb: 0.4,
  contention: 1.3,
  batchMs: 0.4,
  batchMb: 0.5,
  openMs: 0.2,
  poolMs: 0.03,
  pooledShare: 0.6,
  switchMs: 0.5,
};
