import { describe, expect, it } from 'vitest';
import { Compressor } from '../src/index.js';
import { codeOf, codeOfRejection } from './forge.js';
import { noise, pattern, sameBytes } from './samples.js';

const compressor = new Compressor();
const prices = Float64Array.from({ length: 300_000 }, (_, i) => ((i * 7919) % 10_007) / 100);

describe('memory that is given', () => {
  it.each([
    ['columnar', prices],
    ['general', pattern(200_000)],
    ['raw', noise(5000)],
  ])('is used for the content (%s), and may be larger', async (_, data) => {
    const frame = compressor.compressSync(data);
    const asked: number[] = [];
    const memory = new ArrayBuffer(data.byteLength + 100);
    const allocate = (bytes: number): ArrayBuffer => {
      asked.push(bytes);
      return memory;
    };
    const backs = [
      compressor.decompressSync(frame, { allocate }),
      await compressor.decompress(frame, { allocate }),
    ];
    for (const back of backs) {
      if (!ArrayBuffer.isView(back)) throw new Error('a view went in');
      expect(back.buffer).toBe(memory);
      expect(sameBytes(back, data)).toBe(true);
    }
    expect(asked).toEqual([data.byteLength, data.byteLength]);
  });

  it('is copied where more would come back than was put in', () => {
    const frame = compressor.compressSync(new ArrayBuffer(5000));
    const back = compressor.decompressSync(frame, { allocate: () => new ArrayBuffer(6000) });
    expect(back.byteLength).toBe(5000);
  });

  it.each([
    ['too little', () => new ArrayBuffer(10)],
    ['none', () => undefined],
    ['shared', () => new SharedArrayBuffer(3_000_000)],
  ])('is refused when it is %s', async (_, allocate) => {
    const frame = compressor.compressSync(prices);
    const call = (method: 'decompress' | 'decompressSync'): unknown =>
      Reflect.apply(compressor[method], compressor, [frame, { allocate }]);
    expect(codeOf(() => call('decompressSync'))).toBe('OPTION');
    expect(await codeOfRejection(Promise.resolve(call('decompress')))).toBe('OPTION');
    expect(codeOf(() => Reflect.apply(compressor.decompressSync, compressor, [frame, { allocate: 5 }]))).toBe(
      'OPTION',
    );
  });
});
