import fc from 'fast-check';
import type { TypedArray } from '../../src/index.js';
import { KINDS, type Kind } from '../samples.js';

// Numbers as services have them, and numbers that nobody tries.

/** A sequence of 32-bit numbers from a seed (Weyl, then a mix): the same in every run. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e_37_79_b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21_f0_aa_ad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

export type Flavour = (typeof FLAVOURS)[number];

export const FLAVOURS = [
  'noise',
  'constant',
  'walk',
  'sorted',
  'accelerating',
  'decimals',
  'decimals with gaps',
  'hundreds',
  'few values',
  'runs',
  'outliers',
  'extremes',
  'skewed',
  'periodic',
  'thousands',
  'singles',
] as const;

/** The values of a flavour, as doubles. */
function values(flavour: Flavour, length: number, seed: number): Float64Array {
  const next = dice(seed);
  const out = new Float64Array(length);
  let level = (next() % 2000) - 1000;
  for (let i = 0; i < length; i++) {
    const draw = next();
    switch (flavour) {
      case 'constant':
        out[i] = level;
        break;
      case 'walk':
        out[i] = level += (draw % 25) - 12;
        break;
      case 'sorted':
        out[i] = level += draw % 16;
        break;
      case 'accelerating':
        out[i] = i * i * 3 + (draw % 2);
        break;
      case 'decimals':
        out[i] = ((draw % 2_000_000) - 1_000_000) / 100;
        break;
      case 'decimals with gaps':
        out[i] = draw % 11 === 0 ? Number.NaN : draw % 13 === 0 ? -0 : (draw % 5000) / 1000;
        break;
      case 'hundreds':
        out[i] = (draw % 1000) * 100;
        break;
      case 'few values':
        out[i] = Math.sin(draw % 7);
        break;
      case 'runs':
        out[i] = i % 97 === 0 ? (level = draw % 5) : level;
        break;
      case 'outliers':
        out[i] = draw % 50 === 0 ? draw * 1000 : draw % 30;
        break;
      case 'extremes':
        out[i] = EXTREMES[draw % EXTREMES.length] ?? 0;
        break;
      case 'skewed':
        out[i] = Math.clz32(draw) * (draw % 3);
        break;
      case 'thousands':
        out[i] = level += (990 + (draw % 21)) * 1000;
        break;
      case 'singles':
        out[i] = Math.fround(Math.sin(draw));
        break;
      case 'periodic':
        out[i] = Math.sin(i % 64);
        break;
      default:
        out[i] = draw - 2 ** 31 + next() / 2 ** 32;
    }
  }
  return out;
}

const EXTREMES = [
  0,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
  5e-324,
  -1e308,
  2 ** 53 + 2,
  2 ** 51,
  -(2 ** 51),
  2 ** 31,
  -(2 ** 31),
  2 ** 63,
  0.1,
  1e22,
  1e23,
  123_456_789.012_345,
  1 / 3,
];

export interface Numbers {
  readonly kind: Kind;
  readonly flavour: Flavour;
  readonly length: number;
  readonly seed: number;
}

/** Any kind of typed array with numbers of any flavour. */
export const anyNumbers = (lengths: fc.Arbitrary<number>): fc.Arbitrary<Numbers> =>
  fc.record({
    kind: fc.constantFrom(...KINDS),
    flavour: fc.constantFrom(...FLAVOURS),
    length: lengths,
    seed: fc.nat(1_000_000),
  });

export function buildNumbers({ kind, flavour, length, seed }: Numbers): TypedArray {
  const array = kind.over(new ArrayBuffer(length * kind.elementBytes), 0, length);
  if (array instanceof ArrayBuffer) throw new Error('a view was asked for');
  const numbers = values(flavour, length, seed);
  const wide = array instanceof BigInt64Array || array instanceof BigUint64Array;
  for (const [index, value] of numbers.entries()) {
    if (wide) array[index] = BigInt(Math.trunc(Number.isFinite(value) ? value : seed));
    else Reflect.set(array, index, value);
  }
  if (flavour === 'extremes') addPayload(array, seed);
  return array;
}

/** A NaN with bits of its own, where there is room for one. */
function addPayload(array: TypedArray, seed: number): void {
  if (array.length < 2 || array.BYTES_PER_ELEMENT < 4) return;
  const words = new Uint32Array(array.buffer);
  words[words.length - 1] = 0x7f_f8_00_00 | (seed & 0xffff);
}
