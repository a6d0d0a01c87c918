export { duckdbAdapter } from './adapter.js';
export type { DuckDbOptions } from './engine.js';
