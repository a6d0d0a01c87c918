export { timeSeriesAdapter } from './adapter.js';
export type { TimeSeries } from './time-series.js';
