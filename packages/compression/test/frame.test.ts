import { crc32, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Compressor, HEADER_BYTES } from '../src/index.js';
import { codeOf, codeOfRejection, forge } from './forge.js';

const compressor = new Compressor({ minBytes: 0 });

describe('the layout', () => {
  it('of a raw frame is the one described, byte by byte', () => {
    const frame = new Compressor({ codec: 'none' }).compressSync(Uint16Array.of(0x0102, 0xfffe));
    expect(Buffer.from(frame).toString('hex')).toBe(
      [
        '93504643', // magic
        '01', // version
        '00', // codec: none
        '05', // element type: Uint16Array
        '00', // flags
        '040000000000', // bytes of content
        '040000000000', // bytes of payload
        '1e5eb22d', // CRC-32 of the content
        '1e5eb22d', // CRC-32 of the payload
        '2215b166', // CRC-32 of the header so far
        '0201feff', // payload
      ].join(''),
    );
  });

  it('is read when written by hand', () => {
    const payload = Uint8Array.of(9, 8, 7);
    expect(compressor.decompressSync(forge({ payload }))).toEqual(payload);
    const content = new Float32Array(100).fill(0.5);
    const zipped = gzipSync(new Uint8Array(content.buffer));
    const frame = forge({
      codec: 1,
      type: 12,
      payload: zipped,
      contentBytes: 400,
      contentChecksum: crc32(new Uint8Array(content.buffer)),
    });
    expect(compressor.decompressSync(frame)).toEqual(content);
  });

  it.each([
    [1, 'ArrayBuffer'],
    [2, 'Uint8Array'],
    [3, 'Uint8ClampedArray'],
    [4, 'Int8Array'],
    [5, 'Uint16Array'],
    [6, 'Int16Array'],
    [7, 'Uint32Array'],
    [8, 'Int32Array'],
    [9, 'BigUint64Array'],
    [10, 'BigInt64Array'],
    [11, 'Float16Array'],
    [12, 'Float32Array'],
    [13, 'Float64Array'],
  ])('gives element type %s the name %s', (type, name) => {
    expect(compressor.inspect(forge({ type })).type).toBe(name);
  });

  it('tells lengths beyond 32 bits', () => {
    const contentBytes = 2 ** 40 + 5;
    expect(compressor.inspect(forge({ codec: 1, contentBytes })).contentBytes).toBe(contentBytes);
  });
});

describe('inspect', () => {
  it('tells what the header says, frozen', () => {
    const data = new Int32Array(1000);
    const frame = compressor.compressSync(data);
    const info = compressor.inspect(frame);
    expect(info).toEqual({
      version: 1,
      codec: 'columnar',
      type: 'Int32Array',
      contentBytes: 4000,
      payloadBytes: frame.byteLength - HEADER_BYTES,
      payloadOffset: HEADER_BYTES,
      contentChecksum: crc32(data),
      payloadChecksum: crc32(frame.subarray(HEADER_BYTES)),
      filters: [{ chain: 'constant', blocks: 1 }],
    });
    expect(Object.isFrozen(info)).toBe(true);
  });

  it('does not read the payload', () => {
    const frame = forge({ payloadChecksum: 0, contentChecksum: 0 });
    expect(compressor.inspect(frame).payloadChecksum).toBe(0);
    expect(codeOf(() => compressor.decompressSync(frame))).toBe('CORRUPT');
  });
});

describe('a codec that this host lacks', () => {
  const portable = new Compressor({ portable: true, minBytes: 0 });

  it('cannot read its frames, and says so before any work', async () => {
    for (const [codec, name] of [
      [3, 'brotli'],
      [4, 'zstd'],
    ] as const) {
      const frame = forge({ codec, contentBytes: 100 });
      expect(portable.inspect(frame).codec).toBe(name);
      expect(codeOf(() => portable.decompressSync(frame))).toBe('CODEC');
      expect(await codeOfRejection(portable.decompress(frame))).toBe('CODEC');
      expect(() => portable.decompressSync(frame)).toThrow(
        `written by ${name}, which this host does not have`,
      );
    }
  });

  it('is replaced by gzip, which every host has', () => {
    for (const codec of ['brotli', 'zstd'] as const) {
      const writer = new Compressor({ portable: true, codec });
      expect(writer.inspect(writer.compressSync(new Uint8Array(5000))).codec).toBe('gzip');
    }
  });
});

describe('a frame that this release cannot read', () => {
  it.each([
    ['a version of the future', { version: 2 }, 'VERSION', /version 2.*reads version 1/],
    ['version 0', { version: 0 }, 'VERSION', /version 0/],
    ['a codec of the future', { codec: 6 }, 'CODEC', /codec number 6/],
    ['an element type of the future', { type: 14 }, 'ELEMENT_TYPE', /element type number 14/],
    ['element type 0', { type: 0 }, 'ELEMENT_TYPE', /element type number 0/],
    ['a flag of the future', { flags: 2 }, 'VERSION', /flags 2/],
    ['elements in another byte order', { type: 13, flags: 1 }, 'ELEMENT_TYPE', /byte order/],
    ['another magic number', { magic: [0x93, 0x50, 0x46, 0x44] }, 'NOT_A_FRAME', /40 bytes/],
  ] as const)('is refused clearly: %s', async (_, fields, code, message) => {
    const frame = forge(fields);
    expect(codeOf(() => compressor.inspect(frame))).toBe(code);
    expect(codeOf(() => compressor.decompressSync(frame))).toBe(code);
    expect(await codeOfRejection(compressor.decompress(frame))).toBe(code);
    expect(() => compressor.inspect(frame)).toThrow(message);
  });

  it('is told apart from damage: a version is believed only after the magic number', () => {
    expect(codeOf(() => compressor.inspect(new Uint8Array(100)))).toBe('NOT_A_FRAME');
    expect(codeOf(() => compressor.inspect(new Uint8Array(0)))).toBe('NOT_A_FRAME');
    expect(codeOf(() => compressor.inspect(gzipSync('text')))).toBe('NOT_A_FRAME');
  });
});

describe('Float16Array', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is refused, before any work, by a host that has none', async () => {
    vi.stubGlobal('Float16Array', undefined);
    const frame = forge({ type: 11 });
    expect(compressor.inspect(frame).type).toBe('Float16Array');
    expect(codeOf(() => compressor.decompressSync(frame))).toBe('ELEMENT_TYPE');
    expect(await codeOfRejection(compressor.decompress(frame))).toBe('ELEMENT_TYPE');
  });

  it('is refused when the host has something else of that name', () => {
    vi.stubGlobal('Float16Array', DataView);
    expect(codeOf(() => compressor.decompressSync(forge({ type: 11 })))).toBe('ELEMENT_TYPE');
  });
});
