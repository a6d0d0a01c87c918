import type { ColumnType } from '../../table/column.js';
import type { ByteRuns } from '../../table/byte-runs.js';
import type { Numbers, PageValues } from '../pages/page-values.js';

/** The smallest and largest of some values, as PLAIN bytes; undefined where there is none worth telling. */
export interface Bounds {
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
}

/** Longer texts are not worth their place in the footer. */
const MAX_BYTES = 64;
const NONE: Bounds = { min: undefined, max: undefined };

/** What readers pass chunks over by, in the order that the Parquet format defines for the type. */
export function boundsOf(type: ColumnType, values: PageValues): Bounds {
  switch (values.kind) {
    case 'numbers':
      return numberBounds(type, values.numbers);
    case 'bits': {
      const { bits } = values;
      if (bits.length === 0) return NONE;
      return { min: Uint8Array.of(bits.includes(0) ? 0 : 1), max: Uint8Array.of(bits.includes(1) ? 1 : 0) };
    }
    case 'runs':
      // Decimals are ordered by sign, which bytes are not.
      return type === 'decimal' ? NONE : runBounds(values.runs);
  }
}

function numberBounds(type: ColumnType, numbers: Numbers): Bounds {
  if (numbers.length === 0) return NONE;
  if (numbers instanceof Float32Array || numbers instanceof Float64Array) return floatBounds(numbers);
  const isSigned = type !== 'uint32' && type !== 'uint64';
  const words = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.byteLength / 4);
  const [min, max] =
    numbers instanceof Int32Array ? extremes32(words, isSigned) : extremes64(words, isSigned);
  return { min: bytesAt(numbers, min), max: bytesAt(numbers, max) };
}

function bytesAt({ buffer, byteOffset, BYTES_PER_ELEMENT: width }: Numbers, index: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + index * width, width).slice();
}

/** Where the smallest and the largest are. */
type Extremes = readonly [min: number, max: number];

function extremes32(words: Int32Array, isSigned: boolean): Extremes {
  // Unsigned order is signed order once the highest bit is turned over.
  const flip = isSigned ? 0 : -0x8000_0000;
  let [min, max] = [0, 0];
  let least = (words[0] ?? 0) ^ flip;
  let most = least;
  for (let i = 1; i < words.length; i++) {
    const word = (words[i] ?? 0) ^ flip;
    if (word < least) [least, min] = [word, i];
    if (word > most) [most, max] = [word, i];
  }
  return [min, max];
}

/** By halves: big integers would take many times as long. */
function extremes64(words: Int32Array, isSigned: boolean): Extremes {
  const flip = isSigned ? 0 : -0x8000_0000;
  let [min, max] = [0, 0];
  let leastHigh = (words[1] ?? 0) ^ flip;
  let leastLow = (words[0] ?? 0) >>> 0;
  let mostHigh = leastHigh;
  let mostLow = leastLow;
  for (let i = 2; i < words.length; i += 2) {
    const low = (words[i] ?? 0) >>> 0;
    const high = (words[i + 1] ?? 0) ^ flip;
    if (high < leastHigh || (high === leastHigh && low < leastLow)) {
      [leastHigh, leastLow, min] = [high, low, i / 2];
    }
    if (high > mostHigh || (high === mostHigh && low > mostLow))
      [mostHigh, mostLow, max] = [high, low, i / 2];
  }
  return [min, max];
}

/** NaN has no place in the order; a zero stands for both zeros. */
function floatBounds(numbers: Float32Array | Float64Array): Bounds {
  let min = Infinity;
  let max = -Infinity;
  let isOrdered = false;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? 0;
    if (value !== value) continue;
    isOrdered = true;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (!isOrdered) return NONE;
  const bounds = numbers instanceof Float32Array ? new Float32Array(2) : new Float64Array(2);
  bounds[0] = min === 0 ? -0 : min;
  bounds[1] = max === 0 ? 0 : max;
  return { min: bytesAt(bounds, 0), max: bytesAt(bounds, 1) };
}

function runBounds(runs: ByteRuns): Bounds {
  const { length } = runs.starts;
  if (length === 0) return NONE;
  let min = 0;
  let max = 0;
  for (let i = 1; i < length; i++) {
    if (compareRuns(runs, i, min) < 0) min = i;
    else if (compareRuns(runs, i, max) > 0) max = i;
  }
  return { min: shortRun(runs, min), max: shortRun(runs, max) };
}

function compareRuns({ bytes, starts, ends }: ByteRuns, left: number, right: number): number {
  const from = starts[left] ?? 0;
  const other = starts[right] ?? 0;
  const size = (ends[left] ?? 0) - from;
  const otherSize = (ends[right] ?? 0) - other;
  const shared = Math.min(size, otherSize);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[from + i] ?? 0) - (bytes[other + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return size - otherSize;
}

function shortRun({ bytes, starts, ends }: ByteRuns, index: number): Uint8Array | undefined {
  const run = bytes.subarray(starts[index], ends[index]);
  return run.length > MAX_BYTES ? undefined : run.slice();
}
