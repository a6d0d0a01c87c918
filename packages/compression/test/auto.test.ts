import { describe, expect, it } from 'vitest';
import { Compressor } from '../src/index.js';
import { PROBE_ABOVE, promises, worthwhileLimit } from '../src/probe.js';
import type { Codec } from '../src/codec/codec.js';
import { findZlib } from '../src/codec/zlib.js';
import { codecsOn } from './codecs.js';
import { noise, pattern } from './samples.js';

/** What bytes go through where nothing else is said. */
const GENERAL = findZlib()?.zstdCompressSync === undefined ? 'gzip' : 'zstd';
const auto = new Compressor();
const always = new Compressor({ codec: 'gzip' });
const codecOf = (compressor: Compressor, data: Uint8Array): string =>
  compressor.inspect(compressor.compressSync(data)).codec;

/** Mostly noise, so that gzip gains only a little. */
function almostNoise(length: number): Uint8Array {
  const bytes = noise(length);
  for (let index = 0; index < length; index += 40) bytes.fill(0, index, index + 1);
  return bytes.map((byte, index) => (index % 40 === 0 ? byte : byte & 0xfd));
}

describe('auto', () => {
  it('keeps what does not shrink raw, and compresses what does, small or large', () => {
    for (const length of [2000, PROBE_ABOVE, PROBE_ABOVE + 1, 300_000]) {
      expect(codecOf(auto, noise(length))).toBe('none');
      expect(codecOf(auto, pattern(length))).toBe(GENERAL);
    }
  });

  it('keeps raw what shrinks by less than a sixteenth', () => {
    const data = Uint8Array.from([...noise(9700), ...new Uint8Array(300)]);
    expect(codecOf(always, data)).toBe('gzip');
    expect(codecOf(auto, data)).toBe('none');
  });

  it('decides alike on the spot and in turn', async () => {
    for (const data of [noise(2000), pattern(2000), noise(200_000), pattern(200_000), almostNoise(5000)]) {
      const inTurn = auto.inspect(await auto.compress(data)).codec;
      expect(inTurn).toBe(codecOf(auto, data));
    }
  });

  it('does not run the codec over the whole of what its sample rejects', () => {
    let seen = 0;
    const { gzip } = codecsOn(findZlib());
    const counting: Codec = {
      ...gzip,
      encodeSync(content, o) {
        seen += content.byteLength;
        return gzip.encodeSync(content, o);
      },
    };
    expect(promises(noise(10_000_000), counting)).toBe(false);
    expect(seen).toBeLessThan(100_000);
  });

  it('looks at both ends and at the middle', () => {
    const { gzip } = codecsOn(findZlib());
    const length = 1_000_000;
    for (const at of [0, Math.floor(((length - 8192) * 1) / 3), length - 8192]) {
      const data = noise(length);
      data.fill(0, at, at + 8192);
      expect(promises(data, gzip)).toBe(true);
    }
  });

  it('measures worth by a sixteenth, rounded against compressing', () => {
    expect([0, 1, 16, 17, 160].map(worthwhileLimit)).toEqual([0, 0, 15, 15, 150]);
  });
});

describe('gzip', () => {
  it('is tried without a sample, and given up where it gains nothing', () => {
    const half = noise(150_000);
    const repeated = new Uint8Array(300_000);
    repeated.set(half.subarray(0, 30_000), 0);
    for (let at = 30_000; at < 300_000; at += 30_000) repeated.set(half.subarray(0, 30_000), at);
    expect(codecOf(always, repeated)).toBe('gzip');
    expect(codecOf(auto, repeated)).toBe('none');
    expect(codecOf(always, half)).toBe('none');
  });
});

describe('minBytes', () => {
  it('keeps what is smaller raw, whatever the codec', () => {
    for (const codec of ['auto', 'gzip'] as const) {
      const compressor = new Compressor({ codec, minBytes: 500 });
      expect(codecOf(compressor, pattern(499))).toBe('none');
      expect(codecOf(compressor, pattern(500))).toBe(codec === 'auto' ? GENERAL : codec);
    }
  });
});

describe('level', () => {
  it('trades time for size', () => {
    const data = new Uint8Array(
      Float64Array.from({ length: 20_000 }, (_, i) => Math.round(i * 1.7) / 100).buffer,
    );
    const [fast, balanced, small] = (['fast', 'balanced', 'small'] as const).map(
      (level) => new Compressor({ level }).compressSync(data).byteLength,
    );
    expect(balanced).toBeLessThan(fast ?? 0);
    expect(small).toBeLessThanOrEqual(balanced ?? 0);
  });
});
