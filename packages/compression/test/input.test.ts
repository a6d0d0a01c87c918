import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Compressor } from '../src/index.js';
import { readSource, steadyBytes } from '../src/source.js';
import { codeOf, codeOfRejection } from './forge.js';
import { KINDS } from './samples.js';

const compressor = new Compressor({ minBytes: 0 });

/** Calls with what a compiler would not let through. */
function compressSync(data: unknown): unknown {
  return Reflect.apply(compressor.compressSync, compressor, [data]);
}
function compress(data: unknown): Promise<unknown> {
  return Reflect.apply(compressor.compress, compressor, [data]) as Promise<unknown>;
}
function decompressSync(frame: unknown): unknown {
  return Reflect.apply(compressor.decompressSync, compressor, [frame]);
}
function decompress(frame: unknown): Promise<unknown> {
  return Reflect.apply(compressor.decompress, compressor, [frame]) as Promise<unknown>;
}

const detachedBuffer = (): ArrayBuffer => {
  const memory = new ArrayBuffer(64);
  structuredClone(memory, { transfer: [memory] });
  return memory;
};

describe('data of the wrong kind', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'text'],
    ['an array', [1, 2, 3]],
    ['a DataView', new DataView(new ArrayBuffer(8))],
    ['a bare SharedArrayBuffer', new SharedArrayBuffer(8)],
    ['an object with the look of an array', { buffer: new ArrayBuffer(8), byteLength: 8, byteOffset: 0 }],
    ['an object that calls itself one', { [Symbol.toStringTag]: 'Uint8Array' }],
    ['a proxy', new Proxy(new Uint8Array(8), {})],
  ])('is refused: %s', async (_, data) => {
    expect(codeOf(() => compressSync(data))).toBe('INPUT');
    expect(await codeOfRejection(compress(data))).toBe('INPUT');
  });

  it('is named, with the way out, in the message', () => {
    expect(() => compressSync(new DataView(new ArrayBuffer(8)))).toThrow(/DataView.*pass a Uint8Array/);
    expect(() => compressSync(new SharedArrayBuffer(8))).toThrow(/SharedArrayBuffer.*pass a typed array/);
  });
});

describe('a frame of the wrong kind', () => {
  it.each([
    ['undefined', undefined],
    ['an ArrayBuffer', new ArrayBuffer(40)],
    ['a DataView', new DataView(new ArrayBuffer(40))],
    ['an Int8Array', new Int8Array(40)],
    ['a string', 'frame'],
  ])('is refused: %s', async (_, frame) => {
    expect(codeOf(() => decompressSync(frame))).toBe('INPUT');
    expect(await codeOfRejection(decompress(frame))).toBe('INPUT');
    expect(codeOf(() => Reflect.apply(compressor.inspect, compressor, [frame]))).toBe('INPUT');
  });
});

describe('memory that is gone', () => {
  it('is an error, not an empty array, for every kind of view and for the buffer itself', async () => {
    for (const kind of KINDS) {
      for (const offset of [0, 16]) {
        const memory = new ArrayBuffer(64);
        const view = kind.over(memory, offset, 2);
        structuredClone(memory, { transfer: [memory] });
        expect(view.byteLength).toBe(0);
        expect(codeOf(() => compressSync(view))).toBe('DETACHED');
        expect(await codeOfRejection(compress(view))).toBe('DETACHED');
      }
    }
    expect(codeOf(() => compressSync(detachedBuffer()))).toBe('DETACHED');
    expect(await codeOfRejection(compress(detachedBuffer()))).toBe('DETACHED');
  });

  it('is an error when the buffer shrank below a view of fixed length', () => {
    const memory = Reflect.construct(ArrayBuffer, [64, { maxByteLength: 64 }]) as ArrayBuffer;
    const view = new Float64Array(memory, 32, 4);
    const resize: unknown = Reflect.get(memory, 'resize');
    if (typeof resize !== 'function') throw new Error('this host has no resizable buffers');
    Reflect.apply(resize, memory, [40]);
    expect(view.length).toBe(0);
    expect(codeOf(() => compressSync(view))).toBe('DETACHED');
  });

  it('is an error for a frame', async () => {
    const frame = compressor.compressSync(new Uint8Array(100));
    structuredClone(frame.buffer, { transfer: [frame.buffer] });
    expect(codeOf(() => compressor.decompressSync(frame))).toBe('DETACHED');
    expect(await codeOfRejection(compressor.decompress(frame))).toBe('DETACHED');
    expect(codeOf(() => compressor.inspect(frame))).toBe('DETACHED');
  });
});

describe('arrays of another realm', () => {
  it('are taken, and come back as arrays of this one', () => {
    const foreign: unknown = runInNewContext('Float64Array.of(1, 2.5, -0)');
    expect(foreign).not.toBeInstanceOf(Float64Array);
    const back = decompressSync(compressSync(foreign));
    expect(back).toBeInstanceOf(Float64Array);
    expect(back).toEqual(Float64Array.of(1, 2.5, -0));
    const buffer: unknown = runInNewContext('Uint8Array.of(1, 2, 3).buffer');
    expect(decompressSync(compressSync(buffer))).toEqual(Uint8Array.of(1, 2, 3).buffer);
  });
});

describe('steadyBytes', () => {
  it('copies what another thread could write to, and only that', () => {
    const shared = new Float64Array(new SharedArrayBuffer(32), 8, 2).fill(1.5);
    const copy = steadyBytes(readSource(shared));
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    expect(new Float64Array(copy.buffer)).toEqual(Float64Array.of(1.5, 1.5));
    const plain = Float64Array.of(1, 2);
    expect(steadyBytes(readSource(plain)).buffer).toBe(plain.buffer);
  });
});

describe('content above maxOutputBytes', () => {
  it('is refused in both directions, at the limit and not below it', async () => {
    const small = new Compressor({ maxOutputBytes: 1000 });
    const fits = new Uint8Array(1000);
    expect(small.decompressSync(small.compressSync(fits))).toEqual(fits);
    expect(codeOf(() => small.compressSync(new Uint8Array(1001)))).toBe('TOO_LARGE');
    expect(await codeOfRejection(small.compress(new Float64Array(126)))).toBe('TOO_LARGE');
    const large = compressor.compressSync(new Uint8Array(1001));
    expect(codeOf(() => small.decompressSync(large))).toBe('TOO_LARGE');
    expect(await codeOfRejection(small.decompress(large))).toBe('TOO_LARGE');
    expect(small.inspect(large).contentBytes).toBe(1001);
  });
});
