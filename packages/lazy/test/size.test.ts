import { describe, expect, it } from 'vitest';
import { measure } from '../src/size.js';

describe('measure', () => {
  it.each([
    ['an ArrayBuffer', new ArrayBuffer(10), 10],
    ['a SharedArrayBuffer', new SharedArrayBuffer(12), 12],
    ['an empty buffer', new ArrayBuffer(0), 0],
    ['a typed array', new Float64Array(4), 32],
    ['a small view of a large buffer, which it keeps alive', new Uint8Array(new ArrayBuffer(100), 5, 1), 100],
    ['a DataView', new DataView(new ArrayBuffer(6)), 6],
    ['Latin-1 text', 'naïve', 5],
    ['wide text', 'naïve…', 12],
    ['a lone surrogate', '\ud800', 2],
    ['empty text', '', 0],
    ['an object that states its byteLength', { byteLength: 7 }, 7],
    ['an object that states its bytes', { bytes: 9, data: {} }, 9],
  ])('knows %s', (_, value, bytes) => {
    expect(measure(value)).toBe(bytes);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 8],
    ['an array', [1, 2, 3]],
    ['an object', { a: 1 }],
    ['a function', () => 1],
    ['an object that states NaN', { bytes: Number.NaN }],
    ['an object that states a negative size', { byteLength: -1 }],
    ['an object that states no limit', { bytes: Infinity }],
    ['an object that states text', { bytes: '10MB' }],
  ])('does not guess for %s', (_, value) => {
    expect(measure(value)).toBeUndefined();
  });
});
