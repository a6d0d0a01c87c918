import { Transform } from 'node:stream';
import * as nodeZlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checksumOf, type Checksum } from '../src/checksum.js';
import type { Codec } from '../src/codec/codec.js';
import { findZlib, type Zlib } from '../src/codec/zlib.js';
import { runZlib } from '../src/codec/zlib-run.js';
import { Slices } from '../src/slices.js';
import { codecsOn, present } from './codecs.js';
import { codeOf, codeOfRejection } from './forge.js';
import { noise, pattern, sameBytes } from './samples.js';

const checksum: Checksum = checksumOf(nodeZlib);
const slicesOf = (bytes: Uint8Array): Slices => new Slices(bytes, bytes.byteLength, checksum);
const hosted = codecsOn(nodeZlib);
const portable = codecsOn(undefined);
const type = 'Uint8Array';
const allocate = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes);

class Collector {
  readonly pieces: Uint8Array[] = [];
  readonly #limit: number;
  constructor(limit: number) {
    this.#limit = limit;
  }
  write(piece: Uint8Array): boolean {
    this.pieces.push(piece.slice());
    return this.bytes.byteLength <= this.#limit;
  }
  get bytes(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}

describe.each([
  ['none', hosted.none],
  ['gzip by node:zlib', hosted.gzip],
  ['gzip by fflate', portable.gzip],
  ['deflate by node:zlib', hosted.deflate],
  ['deflate by fflate', portable.deflate],
  ['brotli', present(hosted.brotli)],
  ...(hosted.zstd === undefined ? [] : ([['zstd', hosted.zstd]] as const)),
  ['columnar', hosted.columnar],
  ['columnar in JavaScript', portable.columnar],
] as const)('the codec %s', (_, codec: Codec) => {
  const contents = [
    new Uint8Array(0),
    Uint8Array.of(7),
    pattern(1000),
    noise(1000),
    new Uint8Array(2_500_000),
  ];
  const signal = undefined;

  it('gives back what it took, on the spot and in turn, at every level', async () => {
    for (const content of contents) {
      for (const level of ['fast', 'balanced', 'small'] as const) {
        const limit = content.byteLength + 1000;
        const payload = codec.encodeSync(content, { level, limit, type }) ?? new Uint8Array(0);
        const collector = new Collector(limit);
        expect(await codec.encode(slicesOf(content), collector, { level, limit, type, signal })).toBe(true);
        for (const encoded of [payload, collector.bytes]) {
          expect(encoded.byteLength).toBeLessThanOrEqual(limit);
          expect(content.byteLength).toBeLessThanOrEqual(codec.mostContent(encoded.byteLength));
          expect(
            sameBytes(
              codec.decodeSync(encoded, { contentBytes: content.byteLength, type, allocate }),
              content,
            ),
          ).toBe(true);
          const later = await codec.decode(slicesOf(encoded), {
            contentBytes: content.byteLength,
            type,
            allocate,
            signal,
          });
          expect(sameBytes(later, content)).toBe(true);
        }
      }
    }
  });

  it('gives up at the limit', async () => {
    const content = noise(500_000);
    const o = { level: 'fast', limit: 100_000, type } as const;
    expect(codec.encodeSync(content, o)).toBe(undefined);
    expect(await codec.encode(slicesOf(content), new Collector(o.limit), { ...o, signal })).toBe(false);
    expect(codec.encodeSync(Uint8Array.of(1, 2), { level: 'fast', limit: 1, type })).toBe(undefined);
  });

  it('refuses a payload of another length than it should have', async () => {
    const content = pattern(1000);
    const payload = codec.encodeSync(content, { level: 'fast', limit: 2000, type }) ?? new Uint8Array(0);
    for (const wrong of [0, 1, 999, 1001]) {
      const o = { contentBytes: wrong, type, allocate } as const;
      expect(codeOf(() => codec.decodeSync(payload, o))).toBe('CORRUPT');
      expect(await codeOfRejection(codec.decode(slicesOf(payload), { ...o, signal }))).toBe('CORRUPT');
    }
  });

  it('gives memory of its own, never a part of a pool', () => {
    const payload = codec.encodeSync(pattern(100), { level: 'fast', limit: 1000, type }) ?? new Uint8Array(0);
    const content = codec.decodeSync(payload, { contentBytes: 100, type, allocate });
    expect([content.byteLength, content.buffer.byteLength]).toEqual([100, 100]);
    expect(content.buffer).not.toBe(payload.buffer);
  });
});

describe('the densest gzip', () => {
  it('stays within the bound that forged sizes are measured by', () => {
    for (const length of [1000, 100_000, 5_000_000]) {
      const { byteLength } = nodeZlib.gzipSync(new Uint8Array(length), { level: 9 });
      expect(length).toBeLessThanOrEqual(hosted.gzip.mostContent(byteLength));
    }
  });
});

describe('a bomb met by node:zlib', () => {
  const bomb = nodeZlib.gzipSync(new Uint8Array(20_000_000), { level: 9 });

  it('is stopped by zlib at the declared length, on the spot', () => {
    const limits: unknown[] = [];
    const { gzip } = codecsOn({
      ...nodeZlib,
      gunzipSync(payload: nodeZlib.InputType, options?: nodeZlib.ZlibOptions) {
        limits.push(options?.maxOutputLength);
        return nodeZlib.gunzipSync(payload, options);
      },
    });
    expect(codeOf(() => gzip.decodeSync(bomb, { contentBytes: 100, type, allocate }))).toBe('CORRUPT');
    expect(codeOf(() => gzip.decodeSync(bomb, { contentBytes: 0, type, allocate }))).toBe('CORRUPT');
    expect(limits).toEqual([100, 1]);
  });

  it('is left within one piece beyond the declared length, in turn', async () => {
    let inflated = 0;
    const streams: Transform[] = [];
    const { gzip } = codecsOn({
      ...nodeZlib,
      createGunzip(options?: nodeZlib.ZlibOptions) {
        const stream = nodeZlib.createGunzip(options);
        stream.on('data', (piece: Uint8Array) => {
          inflated += piece.byteLength;
        });
        streams.push(stream);
        return stream;
      },
    });
    const declared = 3_000_000;
    expect(
      await codeOfRejection(
        gzip.decode(slicesOf(bomb), {
          contentBytes: declared,
          type,
          allocate,
          signal: undefined,
        }),
      ),
    ).toBe('CORRUPT');
    expect(inflated).toBeLessThanOrEqual(declared + 2 ** 20);
    expect(streams.map((stream) => stream.destroyed)).toEqual([true]);
  });
});

describe('a host whose zlib fails', () => {
  function failing(error: Error): Codec {
    const fail = (): never => {
      throw error;
    };
    const broken: Zlib = {
      ...nodeZlib,
      gzipSync: fail,
      gunzipSync: fail,
      createGzip: fail,
      createGunzip: fail,
    };
    return codecsOn(broken).gzip;
  }
  const signal = undefined;
  const o = { level: 'fast', limit: 1000, type } as const;
  const content = pattern(1000);
  const whole = { contentBytes: 1000, type, allocate } as const;

  it.each([
    ['Z_MEM_ERROR', 'MEMORY'],
    ['ERR_MEMORY_ALLOCATION_FAILED', 'MEMORY'],
    ['ERR_ZLIB_INITIALIZATION_FAILED', 'MEMORY'],
  ])('for want of memory (%s) says so', async (code, expected) => {
    const codec = failing(Object.assign(new Error('no memory'), { code }));
    expect(codeOf(() => codec.encodeSync(content, o))).toBe(expected);
    expect(codeOf(() => codec.decodeSync(content, whole))).toBe(expected);
    expect(
      await codeOfRejection(codec.encode(slicesOf(content), new Collector(1000), { ...o, signal })),
    ).toBe(expected);
    expect(await codeOfRejection(codec.decode(slicesOf(content), { ...whole, signal }))).toBe(expected);
  });

  it('for want of memory, by the word of the engine, says so', () => {
    const codec = failing(new RangeError('Array buffer allocation failed'));
    expect(codeOf(() => codec.encodeSync(content, o))).toBe('MEMORY');
  });

  it('in another way keeps the cause', () => {
    const cause = Object.assign(new Error('incorrect header check'), { code: 'Z_DATA_ERROR' });
    expect(() => failing(cause).decodeSync(content, whole)).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_COMPRESSION_CORRUPT', cause }),
    );
  });

  it('refuses memory that nobody has, before the payload is read', () => {
    expect(codeOf(() => portable.gzip.decodeSync(content, { contentBytes: 2 ** 52, type, allocate }))).toBe(
      'MEMORY',
    );
  });
});

describe('findZlib', () => {
  it('finds that of this host', () => {
    expect(findZlib()?.gzipSync).toBe(nodeZlib.gzipSync);
  });

  it.each([
    ['without a process', {}],
    ['without built-in modules', { process: {} }],
    ['without zlib', { process: { getBuiltinModule: () => undefined } }],
    ['with half a zlib', { process: { getBuiltinModule: () => ({ gzipSync: nodeZlib.gzipSync }) } }],
  ])('finds none on a host %s', (_, host) => {
    expect(findZlib(host)).toBe(undefined);
  });
});

describe('runZlib', () => {
  /** Passes on what it gets; the test decides when. */
  class Gate extends Transform {
    written = 0;
    readonly #open: (() => void)[] = [];
    override _transform(piece: Uint8Array, _: string, done: (error: null, data: Uint8Array) => void): void {
      this.written += 1;
      this.#open.push(() => {
        done(null, piece);
      });
    }
    pass(): void {
      this.#open.shift()?.();
    }
  }
  const slices = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('hands over one slice at a time', async () => {
    const gate = new Gate();
    const taken: number[] = [];
    const run = runZlib(gate, slices, (piece) => taken.push(...piece) > 0, undefined);
    for (let count = 1; count <= 3; count++) {
      await turn();
      expect(gate.written).toBe(count);
      gate.pass();
    }
    expect(await run).toBe(true);
    expect(taken).toEqual([1, 2, 3]);
    expect(gate.destroyed).toBe(true);
  });

  it('destroys the stream when it is aborted, and asks for no further slice', async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const run = codeOfRejection(runZlib(gate, slices, () => true, controller.signal));
    await turn();
    controller.abort();
    expect(await run).toBe('ABORTED');
    expect(gate.destroyed).toBe(true);
    gate.pass();
    await turn();
    expect(gate.written).toBe(1);
  });

  it('destroys the stream when nobody wants more, when the taker fails, and when the source does', async () => {
    const bored = new Gate();
    const stopped = runZlib(bored, slices, () => false, undefined);
    bored.pass();
    expect(await stopped).toBe(false);

    const refused = new Gate();
    const failure = new Error('no room');
    const run = runZlib(
      refused,
      slices,
      () => {
        throw failure;
      },
      undefined,
    );
    refused.pass();
    await expect(run).rejects.toBe(failure);

    const starved = new Gate();
    function* broken(): Generator<Uint8Array> {
      yield Uint8Array.of(1);
      throw new Error('dried up');
    }
    const drying = runZlib(starved, broken(), () => true, undefined);
    starved.pass();
    await expect(drying).rejects.toThrow('dried up');
    expect([bored.destroyed, refused.destroyed, starved.destroyed]).toEqual([true, true, true]);
  });

  it('survives an error that a stream reports after its end', async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const run = codeOfRejection(runZlib(gate, slices, () => true, controller.signal));
    controller.abort();
    gate.emit('error', new Error('late'));
    expect(await run).toBe('ABORTED');
  });
});
