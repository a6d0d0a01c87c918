import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { FixedValues } from '../table/column.js';
import { dtypeOf } from './number-kind.js';
import type { NdArrayOrder } from './columns-to-array.js';
import type { NdArray } from './nd-array.js';

/**
 * An array of a shape over elements that lie one after the other.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA` when shape and elements do not go together
 */
export function ndArray(
  data: FixedValues,
  shape: readonly number[],
  { order = 'row-major', columns }: { order?: NdArrayOrder; columns?: readonly string[] } = {},
): NdArray {
  const strides = new Array<number>(shape.length).fill(1);
  const axes = shape.map((_, axis) => axis);
  let step = 1;
  for (const axis of order === 'row-major' ? axes.reverse() : axes) {
    strides[axis] = step;
    step *= shape[axis] ?? 1;
  }
  const array: NdArray = {
    data,
    dtype: dtypeOf(data),
    shape,
    strides,
    offset: 0,
    ...(columns === undefined ? {} : { columns }),
  };
  requireShape(array);
  return array;
}

/**
 * Checks that every element that the shape promises lies within the data.
 * @throws ConversionError `ERR_PERF_CONVERT_INVALID_SCHEMA`
 */
export function requireShape({ data, dtype, shape, strides, offset, columns }: NdArray): void {
  if (dtypeOf(data) !== dtype) {
    throw invalid(`dtype is ${shown(dtype)}, the data are ${dtypeOf(data)}`);
  }
  if (shape.length !== strides.length) {
    throw invalid(`shape has ${String(shape.length)} axes, strides ${String(strides.length)}`);
  }
  shape.forEach((length, axis) => {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw invalid(`axis ${String(axis)} has length ${shown(length)}; whole numbers from 0 are allowed`);
    }
    if (!Number.isSafeInteger(strides[axis])) {
      throw invalid(`axis ${String(axis)} has stride ${shown(strides[axis])}; whole numbers are allowed`);
    }
  });
  if (!Number.isSafeInteger(offset)) throw invalid(`offset is ${shown(offset)}; a whole number is needed`);
  const width = shape.at(-1) ?? 1;
  if (columns !== undefined && columns.length !== width) {
    throw invalid(`there are ${String(columns.length)} column names for ${String(width)} columns`);
  }
  if (shape.includes(0)) return;
  let [first, last] = [offset, offset];
  shape.forEach((length, axis) => {
    const reach = (length - 1) * (strides[axis] ?? 0);
    if (reach < 0) first += reach;
    else last += reach;
  });
  if (first < 0 || last >= data.length) {
    throw invalid(
      `shape [${shape.join(', ')}] reaches elements ${String(first)} to ${String(last)} of ${String(data.length)}; is the buffer detached, or a stride in bytes?`,
    );
  }
}

function invalid(message: string): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_INVALID_SCHEMA', `the array is not sound: ${message}`);
}
