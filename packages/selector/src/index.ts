export type { DataCharacteristics } from './characteristics.js';
export { SelectorError, type SelectorErrorCode } from './errors.js';
export type { SelectEvent } from './events.js';
export { OptimizationSelector, type Outcome, type SelectorStatistics } from './optimization-selector.js';
export { DEFAULTS, type SelectorOptions } from './options.js';
export type { Estimate, OptimizationPlan, SelectionContext, Strategy } from './strategy.js';
