import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMPRESSION_CHANNEL, Compressor, type CompressionEvent } from '../src/index.js';
import { findZlib } from '../src/codec/zlib.js';
import { codeOf, codeOfRejection, flip } from './forge.js';
import { noise, pattern } from './samples.js';

const LACKS_ZSTD = findZlib()?.zstdCompressSync === undefined;
const GENERAL = LACKS_ZSTD ? 'gzip' : 'zstd';

describe('stats', () => {
  it('begin at nothing, frozen through and through', () => {
    const stats = new Compressor().stats();
    const nothing = {
      completed: 0,
      failed: 0,
      aborted: 0,
      contentBytes: 0,
      frameBytes: 0,
      byCodec: { none: 0, gzip: 0, deflate: 0, brotli: 0, zstd: 0, columnar: 0 },
    };
    expect(stats).toEqual({
      compress: nothing,
      decompress: nothing,
      running: 0,
      queued: 0,
      threads: 0,
      missing: LACKS_ZSTD ? ['zstd'] : [],
    });
    for (const part of [stats, stats.compress, stats.decompress, stats.compress.byCodec]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('name what the host lacks, WebAssembly once it is needed', () => {
    const compressor = new Compressor({ portable: true, codec: 'columnar' });
    expect(compressor.stats().missing).toEqual(['zlib', 'brotli', 'zstd']);
    compressor.compressSync(new Float64Array(1000));
    expect(compressor.stats().missing).toEqual(['zlib', 'brotli', 'zstd', 'wasm']);
  });

  it('count every call once, by how it ended, and bytes only of completed ones', async () => {
    const compressor = new Compressor();
    const first = compressor.compressSync(pattern(4000));
    const second = await compressor.compress(noise(3000));
    compressor.decompressSync(first);
    await compressor.decompress(second);
    codeOf(() => compressor.decompressSync(flip(first, 300)));
    await codeOfRejection(compressor.decompress(flip(second, 300)));
    await codeOfRejection(compressor.compress(pattern(10), { signal: AbortSignal.abort() }));
    compressor.inspect(first);
    const frameBytes = first.byteLength + second.byteLength;
    const volume = { contentBytes: 7000, frameBytes, byCodec: { [GENERAL]: 1, none: 1 } };
    expect(compressor.stats()).toMatchObject({
      compress: { completed: 2, failed: 0, aborted: 1, ...volume },
      decompress: { completed: 2, failed: 2, aborted: 0, ...volume },
    });
  });

  it('are a snapshot', () => {
    const compressor = new Compressor();
    const before = compressor.stats();
    compressor.compressSync(new Uint8Array(10));
    expect(before.compress.completed).toBe(0);
  });
});

describe('events', () => {
  const events: unknown[] = [];
  const listen = (message: unknown): void => {
    events.push(message);
  };
  beforeEach(() => {
    events.length = 0;
    subscribe(COMPRESSION_CHANNEL, listen);
  });
  afterEach(() => {
    unsubscribe(COMPRESSION_CHANNEL, listen);
  });

  /** A clock that moves by 5 ms whenever it is read. */
  const ticking = (): { now(): number; reads: number } => ({
    reads: 0,
    now() {
      this.reads += 1;
      return this.reads * 5;
    },
  });

  it('tell of every completed call', async () => {
    const compressor = new Compressor({ clock: ticking() });
    const data = pattern(4000);
    const frame = compressor.compressSync(data);
    compressor.decompressSync(frame);
    const raw = await compressor.compress(noise(3000));
    await compressor.decompress(raw);
    const expected: CompressionEvent[] = [
      { direction: 'compress', codec: GENERAL, bytesIn: 4000, bytesOut: frame.byteLength, durationMs: 5 },
      { direction: 'decompress', codec: GENERAL, bytesIn: frame.byteLength, bytesOut: 4000, durationMs: 5 },
      { direction: 'compress', codec: 'none', bytesIn: 3000, bytesOut: 3032, durationMs: 5 },
      { direction: 'decompress', codec: 'none', bytesIn: 3032, bytesOut: 3000, durationMs: 5 },
    ];
    expect(events).toEqual(expected);
  });

  it('do not tell of calls that failed', async () => {
    const compressor = new Compressor();
    codeOf(() => compressor.decompressSync(new Uint8Array(40)));
    await codeOfRejection(compressor.compress(pattern(10), { signal: AbortSignal.abort() }));
    expect(events).toEqual([]);
  });

  it('do not cost a look at the clock while nobody listens', () => {
    unsubscribe(COMPRESSION_CHANNEL, listen);
    const clock = ticking();
    const compressor = new Compressor({ clock });
    compressor.decompressSync(compressor.compressSync(pattern(4000)));
    expect(clock.reads).toBe(0);
  });
});
