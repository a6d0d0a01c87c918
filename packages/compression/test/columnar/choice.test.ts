import { describe, expect, it } from 'vitest';
import { Compressor, type TypedArray } from '../../src/index.js';
import { dice } from './numbers.js';

// Which filters data of a kind goes through, and what that is worth.

const N = 50_000;
const compressors = {
  fast: new Compressor(),
  balanced: new Compressor({ level: 'balanced' }),
  small: new Compressor({ level: 'small' }),
};

/** The commonest chain of filters, and how many times smaller the frame is. */
function stored(
  data: TypedArray,
  level: keyof typeof compressors = 'fast',
): { chain: string; ratio: number } {
  const compressor = compressors[level];
  const frame = compressor.compressSync(data);
  const { filters, codec } = compressor.inspect(frame);
  return { chain: filters[0]?.chain ?? codec, ratio: data.byteLength / frame.byteLength };
}

/** A sum of twelve draws: nearly normal, with a deviation of 12. */
function step(next: () => number): number {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += next() / 2 ** 32;
  return Math.round((sum - 6) * 12);
}

function walk(): Float64Array {
  const next = dice(1);
  let cents = 10_000;
  return Float64Array.from({ length: N }, () => (cents += step(next)) / 100);
}

function ids(): Int32Array {
  const next = dice(2);
  let id = 0;
  return Int32Array.from({ length: N }, () => (id += 1 + (next() % 16)));
}

function times(): BigInt64Array {
  const next = dice(3);
  let time = 1_600_000_000_000;
  return BigInt64Array.from({ length: N }, () => BigInt((time += 990 + (next() % 21))));
}

describe('at level fast', () => {
  it('prices are integers of cents, whose differences are packed', () => {
    const { chain, ratio } = stored(walk());
    expect(chain).toBe('decimals 2 > delta > pack');
    expect(ratio).toBeGreaterThan(8.5);
  });

  it('sorted ids are differences of four bits', () => {
    const { chain, ratio } = stored(ids());
    expect(chain).toBe('integers > delta > pack');
    expect(ratio).toBeGreaterThan(7.8);
  });

  it('time stamps are differences of five bits, as integers or as doubles', () => {
    expect(stored(times())).toEqual({
      chain: 'integers > delta > pack',
      ratio: expect.closeTo(12.6, 0) as number,
    });
    const doubles = Float64Array.from(times(), Number);
    expect(stored(doubles).chain).toBe('decimals 0 > delta > pack');
  });

  it('what changes evenly is differences of differences', () => {
    expect(stored(Int32Array.from({ length: N }, (_, i) => 3 * i * i)).chain).toBe(
      'integers > delta of delta > pack',
    );
  });

  it('bins are taken where they are much smaller', () => {
    const next = dice(4);
    const category = Int32Array.from({ length: N }, () => Math.clz32(next()));
    expect(stored(category).chain).toBe('integers > bins');
    const outliers = ids().map((id, i) => (i % 100 === 0 ? id + 100_000_000 : id));
    expect(stored(outliers).chain).toBe('integers > delta > bins');
  });

  it('one value is stored once', () => {
    expect(stored(new Float64Array(N).fill(Math.PI)).chain).toBe('constant');
  });

  it('long runs are a value and a length each', () => {
    const runs = Float64Array.from({ length: N }, (_, i) => Math.sin(Math.floor(i / 20)));
    expect(stored(runs).chain).toBe('runs');
  });

  it('few distinct numbers are a dictionary', () => {
    const next = dice(5);
    const few = Float64Array.from({ length: N }, () => Math.sin(next() % 12));
    const { chain, ratio } = stored(few);
    expect(chain).toBe('dictionary');
    expect(ratio).toBeGreaterThan(14);
  });

  it('gaps in prices are exceptions, which cost what they are', () => {
    const next = dice(6);
    const prices = Float64Array.from({ length: N }, () =>
      next() % 10 === 0 ? Number.NaN : (next() % 100_000) / 100,
    );
    const { chain, ratio } = stored(prices);
    expect(chain).toBe('decimals 2 > pack');
    expect(ratio).toBeGreaterThan(3.4);
  });

  it('whole hundreds lose their zeros', () => {
    const next = dice(7);
    expect(stored(Float64Array.from({ length: N }, () => (next() % 1000) * 100)).chain).toMatch(
      /^decimals -2/,
    );
  });

  it('nanoseconds that are whole milliseconds are counted as these', () => {
    const nanoseconds = times().map((time) => time * 1_000_000n);
    const { chain, ratio } = stored(nanoseconds);
    expect(chain).toBe('multiples > delta > pack');
    expect(ratio).toBeGreaterThan(12);
  });

  it('a number that is no multiple costs its block the filter, not the others', () => {
    const nanoseconds = times().map((time) => time * 1_000_000n);
    // Where no sample looks.
    nanoseconds[2000] = 1n;
    nanoseconds[2 * 16_384 + 2000] = 1n;
    const compressor = compressors.fast;
    const frame = compressor.compressSync(nanoseconds);
    expect(compressor.inspect(frame).filters).toEqual([
      { chain: 'integers > delta > pack', blocks: 2 },
      { chain: 'multiples > delta > pack', blocks: 2 },
    ]);
    expect(compressor.decompressSync(frame)).toEqual(nanoseconds);
  });

  it('doubles that were floats are floats', () => {
    const next = dice(12);
    const floats = Float64Array.from({ length: N }, () => Math.fround(Math.sin(next())));
    const { chain, ratio } = stored(floats);
    expect(chain).toMatch(/^singles/);
    expect(ratio).toBeGreaterThan(2);
  });

  it('noise stays what it is', () => {
    const next = dice(8);
    const noise = new Uint32Array(N).map(() => next());
    const compressor = compressors.fast;
    expect(compressor.inspect(compressor.compressSync(noise)).codec).toBe('none');
  });
});

describe('at level balanced', () => {
  it('prices come close to the entropy of their steps, 5.6 bits', () => {
    const { chain, ratio } = stored(walk(), 'balanced');
    expect(chain).toBe('decimals 2 > delta > bins');
    expect(64 / ratio).toBeLessThan(5.8);
  });

  it('noise of floats loses the part of the exponent that is known', () => {
    const next = dice(9);
    const noise = Float64Array.from({ length: N }, () => (next() / 2 ** 32 - 0.5) * (next() / 2 ** 32));
    const { chain, ratio } = stored(noise, 'balanced');
    expect(chain).toBe('rotated > bins');
    expect(ratio).toBeGreaterThan(1.1);
  });

  it('a pattern of noise that repeats is shuffled and deflated', () => {
    const next = dice(10);
    const tile = Float64Array.from({ length: 700 }, () => Math.sin(next()));
    const tiles = Float64Array.from({ length: N }, (_, i) => tile[i % 700] ?? 0);
    const compressor = new Compressor({ codec: 'columnar', level: 'balanced' });
    const { filters } = compressor.inspect(compressor.compressSync(tiles));
    expect(filters[0]?.chain).toBe('shuffled > deflate');
  });
});

describe('at level small', () => {
  it('a wave that rises is the repetition of its steps', () => {
    const wave = Int32Array.from(
      { length: N },
      (_, i) => 17 * i + Math.round(1_000_000 * Math.sin((i % 700) / 111)),
    );
    const compressor = new Compressor({ codec: 'columnar', level: 'small' });
    const frame = compressor.compressSync(wave);
    expect(compressor.inspect(frame).filters[0]?.chain).toBe('delta > zigzag > shuffled > deflate');
    expect(compressor.decompressSync(frame)).toEqual(wave);
  });
});

describe('auto', () => {
  it('takes a general codec where a pattern repeats that no filter sees', () => {
    const next = dice(11);
    const tile = Float64Array.from({ length: 700 }, () => Math.sin(next()));
    const tiles = Float64Array.from({ length: N }, (_, i) => tile[i % 700] ?? 0);
    const compressor = compressors.fast;
    expect(['gzip', 'zstd']).toContain(compressor.inspect(compressor.compressSync(tiles)).codec);
  });

  it.each([
    ['fast', 'balanced'],
    ['balanced', 'small'],
  ] as const)('is never larger at a higher level (%s, %s)', (lower, higher) => {
    for (const data of [walk(), ids(), times()]) {
      expect(stored(data, higher).ratio).toBeGreaterThanOrEqual(stored(data, lower).ratio * 0.999);
    }
  });
});
