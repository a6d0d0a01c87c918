import type { FixedType, FixedValues } from '../table/column.js';

/** The element type of an array: every fixed-width type that is a number. */
export type DType = Exclude<FixedType, 'date' | 'timestamp'>;

/** A dense array of numbers in any number of dimensions, as NumPy describes one. */
export interface NdArray {
  /** The elements, possibly with others between or around them. */
  readonly data: FixedValues;
  readonly dtype: DType;
  /** Elements along each axis, outermost first. `[]` is a single number. */
  readonly shape: readonly number[];
  /** Elements of `data` (not bytes) from one index of an axis to the next; may be 0 or negative. */
  readonly strides: readonly number[];
  /** Element of `data` at which index 0 of every axis lies. */
  readonly offset: number;
  /** Names along the last axis of a two-dimensional array, when it has any. */
  readonly columns?: readonly string[];
}
