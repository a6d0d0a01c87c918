import { afterEach, expect, it, vi } from 'vitest';
import { fingerprint } from '../../src/key/fingerprint.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const values = [
  'text',
  { a: 1, b: 'x', c: [1.5, null, 2n] },
  Array.from({ length: 3000 }, (_, i) => ({ id: i, name: `row ${String(i)}`, tags: new Set([i, 'a']) })),
  Uint8Array.from({ length: 100_000 }, (_, i) => i * 7),
  'long '.repeat(5000),
];

it.each([
  ['is missing, as under --jitless', undefined],
  [
    'refuses the module',
    {
      Module: () => {
        throw new Error('no SIMD');
      },
    },
  ],
])('gives the same fingerprints where WebAssembly %s', async (_, substitute) => {
  const usual = values.map((value) => fingerprint(value));
  vi.stubGlobal('WebAssembly', substitute);
  vi.resetModules();
  const { fingerprint: substituted } = await import('../../src/key/fingerprint.js');
  expect(substituted).not.toBe(fingerprint);
  expect(values.map((value) => substituted(value))).toEqual(usual);
});
