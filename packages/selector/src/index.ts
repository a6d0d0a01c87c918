export type { AnalyzableSource } from './analysis/source.js';
export type { DataCharacteristics } from './characteristics.js';
export type { CoefficientName } from './coefficients.js';
export { SelectorError, type SelectorErrorCode } from './errors.js';
export type { SelectEvent } from './events.js';
export { measureMachine, type MachineSpeed } from './machine.js';
export { OptimizationSelector } from './optimization-selector.js';
export type { Outcome } from './outcome.js';
export type { SelectorStatistics } from './statistics.js';
export { DEFAULTS, type SelectorOptions } from './options.js';
export type { BeliefsState, SelectorState } from './state.js';
export type {
  CostTerm,
  Estimate,
  Intent,
  OptimizationPlan,
  SelectionContext,
  Strategy,
  StrategyModel,
  StrategyName,
} from './strategy.js';
export type { Work } from './work.js';
export type { Clock } from '@perf/internal/clock';
