export { ndarrayAdapter } from './adapter.js';
export { ndArray } from './array-shape.js';
export type { NdArrayOrder } from './columns-to-array.js';
export type { DType, NdArray } from './nd-array.js';
