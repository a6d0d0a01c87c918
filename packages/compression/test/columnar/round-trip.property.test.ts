import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflateOf } from '../../src/columnar/deflate.js';
import { runJob } from '../../src/columnar/job.js';
import { wasmKernel } from '../../src/columnar/kernels/kernel.js';
import { createTwin } from '../../src/columnar/kernels/twin/twin.js';
import { elementOf } from '../../src/columnar/element.js';
import { createWorkspace } from '../../src/columnar/workspace.js';
import { findZlib } from '../../src/codec/zlib.js';
import { viewType } from '../../src/element-type.js';
import { Compressor } from '../../src/index.js';
import { sameBytes } from '../samples.js';
import { anyNumbers, buildNumbers } from './numbers.js';

const deflate = deflateOf(findZlib());
const twin = createWorkspace(createTwin(), deflate);
const kernel = wasmKernel();
const wasm = kernel === undefined ? twin : createWorkspace(kernel, deflate);
const levels = ['fast', 'balanced', 'small'] as const;

const lengths = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 300 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 2, 3, 7, 8, 9, 2047, 2048, 2049, 5000, 16_383, 16_384, 16_385, 33_000),
  },
);

describe('numbers of any kind and flavour', () => {
  it('come back bit for bit, and have the same bytes by WebAssembly and by JavaScript', () => {
    fc.assert(
      fc.property(anyNumbers(lengths), fc.constantFrom(...levels), (shape, level) => {
        const array = buildNumbers(shape);
        const bytes = new Uint8Array(array.buffer);
        const type = viewType(array) ?? 'Uint8Array';
        const job = { direction: 'encode', type, level, bytes } as const;
        const encoded = runJob(wasm, job);
        expect(sameBytes(runJob(twin, job), encoded)).toBe(true);
        const { blockLength } = elementOf(type);
        const back = { direction: 'decode', type, blockLength, contentBytes: bytes.byteLength } as const;
        expect(sameBytes(runJob(wasm, { ...back, bytes: encoded }), bytes)).toBe(true);
        expect(sameBytes(runJob(twin, { ...back, bytes: encoded }), bytes)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('never take more than a frame of the numbers themselves', () => {
    const compressor = new Compressor({ codec: 'columnar', minBytes: 0 });
    fc.assert(
      fc.property(anyNumbers(lengths), (shape) => {
        const array = buildNumbers(shape);
        const frame = compressor.compressSync(array);
        expect(frame.byteLength).toBeLessThanOrEqual(array.byteLength + 32);
        expect(sameBytes(compressor.decompressSync(frame), array)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
