import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bitmapBytes,
  copyBits,
  countUnset,
  fullBitmap,
  readBit,
  setBit,
  sliceBitmap,
} from '../../src/table/bitmap.js';

const bits = fc.array(fc.boolean(), { maxLength: 70 });

function bitmapOf(values: readonly boolean[]): Uint8Array {
  const bitmap = new Uint8Array(bitmapBytes(values.length));
  values.forEach((value, i) => {
    if (value) setBit(bitmap, i);
  });
  return bitmap;
}

function bitsOf(bitmap: Uint8Array, length: number): boolean[] {
  return Array.from({ length }, (_, i) => readBit(bitmap, i));
}

test('bits are read as they were set, least significant first', () => {
  expect(bitmapOf([true, false, false, false, false, false, false, true, true])).toEqual(
    Uint8Array.of(0x81, 0x01),
  );
  fc.assert(
    fc.property(bits, (values) => {
      expect(bitsOf(bitmapOf(values), values.length)).toEqual(values);
    }),
  );
});

test('a slice is the slice of the bits, and its spare bits are 0', () => {
  fc.assert(
    fc.property(bits, fc.nat(70), fc.nat(70), (values, a, b) => {
      const [start, end] = [Math.min(a, b, values.length), Math.min(Math.max(a, b), values.length)];
      const slice = sliceBitmap(bitmapOf(values), start, end);
      expect(slice).toEqual(bitmapOf(values.slice(start, end)));
    }),
  );
});

test('a full bitmap has as many ones as it is long', () => {
  fc.assert(
    fc.property(fc.nat(70), (length) => {
      expect(fullBitmap(length)).toEqual(bitmapOf(Array.from({ length }, () => true)));
      expect(countUnset(fullBitmap(length), length)).toBe(0);
    }),
  );
});

test('copied bits follow those that were there', () => {
  fc.assert(
    fc.property(bits, bits, (first, second) => {
      const joined = new Uint8Array(bitmapBytes(first.length + second.length));
      copyBits(bitmapOf(first), joined, 0, first.length);
      copyBits(bitmapOf(second), joined, first.length, second.length);
      expect(joined).toEqual(bitmapOf([...first, ...second]));
      expect(countUnset(joined, first.length + second.length)).toBe(
        [...first, ...second].filter((bit) => !bit).length,
      );
    }),
  );
});
