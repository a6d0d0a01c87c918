import fc from 'fast-check';
import { needs } from '@perf/tooling-vitest/needs';
import { assert, describe, expect, it } from 'vitest';
import { Compressor, HEADER_BYTES, type CompressorOptions } from '../src/index.js';
import { anyShape, build, KINDS, noise, pattern, sameBytes } from './samples.js';

const anyOptions: fc.Arbitrary<CompressorOptions> = fc.record({
  codec: fc.constantFrom('auto', 'gzip', 'deflate', 'brotli', 'zstd', 'columnar', 'none'),
  level: fc.constantFrom('fast', 'balanced', 'small'),
  minBytes: fc.constantFrom(0, 100, '1KB'),
  portable: fc.boolean(),
});

describe('what comes back', () => {
  it('is of the type that was given, equal byte for byte, aligned and alone in its memory', () => {
    fc.assert(
      fc.property(anyShape, anyOptions, (shape, options) => {
        const data = build(shape);
        const compressor = new Compressor(options);
        const frame = compressor.compressSync(data);
        const back = compressor.decompressSync(frame);
        expect(Object.prototype.toString.call(back)).toBe(`[object ${shape.kind.name}]`);
        expect(sameBytes(back, data)).toBe(true);
        expect(frame.byteLength).toBeLessThanOrEqual(data.byteLength + HEADER_BYTES);
        for (const view of [frame, back]) {
          if (!ArrayBuffer.isView(view)) throw new Error('a view went in');
          expect(view.byteOffset).toBe(0);
          expect(view.buffer).toBeInstanceOf(ArrayBuffer);
          expect(view.buffer.byteLength).toBe(view.byteLength);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is the same whether the calls wait or not, and whoever wrote the frame', async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, anyOptions, fc.boolean(), async (shape, options, portableReader) => {
        const data = build(shape);
        const writer = new Compressor(options);
        const hosted = options.codec === 'brotli' || options.codec === 'zstd' || options.codec === 'auto';
        const reader = new Compressor({ portable: portableReader && !hosted });
        const onTheSpot = writer.compressSync(data);
        const inTurn = await writer.compress(data);
        expect(writer.inspect(inTurn)).toEqual({
          ...writer.inspect(onTheSpot),
          payloadBytes: expect.any(Number) as number,
          payloadChecksum: expect.any(Number) as number,
        });
        for (const frame of [onTheSpot, inTurn]) {
          expect(sameBytes(reader.decompressSync(frame), data)).toBe(true);
          expect(sameBytes(await reader.decompress(frame), data)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does not depend on where the frame lies in memory', async () => {
    const compressor = new Compressor({ minBytes: 0 });
    const data = new Float64Array(200).fill(1.5);
    const frame = compressor.compressSync(data);
    for (const memory of [new ArrayBuffer(frame.length + 20), new SharedArrayBuffer(frame.length + 20)]) {
      for (let offset = 0; offset < 9; offset++) {
        const moved = new Uint8Array(memory, offset, frame.length);
        moved.set(frame);
        expect(compressor.decompressSync(moved)).toEqual(data);
        expect(await compressor.decompress(moved)).toEqual(data);
      }
    }
  });

  it('keeps the payload of every NaN, minus zero and subnormals', async () => {
    const words = BigUint64Array.of(
      0x7ff8_0000_0000_0000n,
      0x7ff8_0000_dead_beefn,
      0xfff0_0000_0000_0001n,
      0x8000_0000_0000_0000n,
      0x0000_0000_0000_0001n,
      0x7ff0_0000_0000_0000n,
    );
    const data = new Float64Array(words.buffer);
    for (const codec of ['none', 'gzip', 'columnar'] as const) {
      const compressor = new Compressor({ codec, minBytes: 0 });
      const back = compressor.decompressSync(compressor.compressSync(data));
      expect(new BigUint64Array(back.buffer)).toEqual(words);
      const later = await compressor.decompress(await compressor.compress(data));
      expect(new BigUint64Array(later.buffer)).toEqual(words);
    }
  });
});

describe('the kinds that are taken', () => {
  const compressor = new Compressor({ minBytes: 0 });

  it('covers every typed array of this host', () => {
    const Parent = Object.getPrototypeOf(Uint8Array) as object;
    const present = Object.getOwnPropertyNames(globalThis).filter((name) => {
      const value: unknown = Reflect.get(globalThis, name);
      return typeof value === 'function' && Object.getPrototypeOf(value) === Parent && name !== 'Buffer';
    });
    expect(KINDS.map((kind) => kind.name).sort()).toEqual(present.sort());
  });

  it('gives a Float16Array back as one', (test) => {
    needs(test, 'Float16Array');
    const kind = KINDS.find(({ name }) => name === 'Float16Array');
    const halves = kind?.over(pattern(4000).buffer, 0, 2000);
    assert(ArrayBuffer.isView(halves));
    const back = compressor.decompressSync(compressor.compressSync(halves));
    expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(halves));
    expect(sameBytes(back, halves)).toBe(true);
  });

  it('gives a Buffer back as a plain Uint8Array, without the pool around it', () => {
    const data = Buffer.from('a Buffer of the shared pool');
    expect(data.buffer.byteLength).toBeGreaterThan(data.byteLength);
    const back = compressor.decompressSync(compressor.compressSync(data));
    expect(Object.getPrototypeOf(back)).toBe(Uint8Array.prototype);
    expect(sameBytes(back, data)).toBe(true);
  });

  it('gives an ArrayBuffer back as an ArrayBuffer', async () => {
    for (const bytes of [new Uint8Array(0), noise(1000), pattern(70_000)]) {
      const memory = bytes.slice().buffer;
      const frame = compressor.compressSync(memory);
      expect(compressor.inspect(frame).type).toBe('ArrayBuffer');
      const back = compressor.decompressSync(frame);
      expect(back).toBeInstanceOf(ArrayBuffer);
      expect(sameBytes(back, bytes)).toBe(true);
      const later = await compressor.decompress(await compressor.compress(memory));
      expect(sameBytes(later, bytes)).toBe(true);
    }
  });

  it('gives an array of a subclass back as the array beneath', () => {
    class Prices extends Float64Array<ArrayBuffer> {
      override get [Symbol.toStringTag](): 'Float64Array' {
        throw new Error('not to be asked');
      }
    }
    const back = compressor.decompressSync(
      compressor.compressSync(new Prices(Float64Array.of(1, 2, 3).buffer)),
    );
    expect(Object.getPrototypeOf(back)).toBe(Float64Array.prototype);
    expect(back).toEqual(Float64Array.of(1, 2, 3));
  });

  it('takes the current length of a view that follows a growing buffer', () => {
    for (const memory of [
      Reflect.construct(ArrayBuffer, [8, { maxByteLength: 64 }]) as ArrayBuffer,
      Reflect.construct(SharedArrayBuffer, [8, { maxByteLength: 64 }]) as SharedArrayBuffer,
    ]) {
      const following = new Int32Array(memory);
      const grow: unknown = Reflect.get(memory, memory instanceof ArrayBuffer ? 'resize' : 'grow');
      if (typeof grow !== 'function') throw new Error('this host has no growing buffers');
      Reflect.apply(grow, memory, [24]);
      following.fill(7);
      expect(compressor.decompressSync(compressor.compressSync(following))).toEqual(
        new Int32Array(6).fill(7),
      );
    }
  });

  it('crosses the edges of the slices of asynchronous work', async () => {
    const slice = 2 ** 20;
    for (const length of [slice - 1, slice, slice + 1, 2 * slice + 3]) {
      for (const data of [pattern(length), noise(length)]) {
        const frame = await compressor.compress(data);
        expect(sameBytes(await compressor.decompress(frame), data)).toBe(true);
        expect(sameBytes(compressor.decompressSync(frame), data)).toBe(true);
      }
    }
  });
});
