import { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Compressor, type CompressionError } from '../src/index.js';
import { codeOf, codeOfRejection, flip } from './forge.js';
import { noise, pattern, sameBytes } from './samples.js';

const compressor = new Compressor();
type Transforming = ReturnType<Compressor['compressStream']>;

function source(chunks: Iterable<unknown>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const next = iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value as Uint8Array);
    },
  });
}

function through(stream: Transforming, chunks: Iterable<unknown>): Promise<Uint8Array> {
  return collected(source(chunks).pipeThrough(stream));
}

async function collected(readable: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readable) pieces.push(piece);
  return Buffer.concat(pieces);
}

function* cut(bytes: Uint8Array, ...lengths: number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.byteLength; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const compressed = (bytes: Uint8Array, blockBytes = 1024): Promise<Uint8Array> =>
  through(compressor.compressStream({ blockBytes }), [bytes]);
const restored = (stream: Uint8Array): Promise<Uint8Array> =>
  through(compressor.decompressStream(), [stream]);

/** Lets everything happen that is under way. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a stream', () => {
  it('gives back what went through, however both ways are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(6000),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
        async (length, there, back) => {
          const bytes = pattern(length);
          const stream = await through(compressor.compressStream({ blockBytes: 1024 }), cut(bytes, ...there));
          expect(sameBytes(await through(compressor.decompressStream(), cut(stream, ...back)), bytes)).toBe(
            true,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps numbers as numbers where it is told what they are', async () => {
    const prices = Float64Array.from({ length: 60_000 }, (_, i) => ((i * 7919) % 100_000) / 100);
    const bytes = new Uint8Array(prices.buffer);
    const typed = await through(compressor.compressStream({ type: 'Float64Array' }), cut(bytes, 10_007));
    const untyped = await through(compressor.compressStream(), cut(bytes, 10_007));
    expect(typed.byteLength).toBeLessThan(untyped.byteLength / 1.3);
    expect(sameBytes(await restored(typed), bytes)).toBe(true);
  });

  it('takes any view of memory', async () => {
    const floats = Float64Array.of(1, 2, 3);
    const stream = await through(compressor.compressStream(), [
      floats,
      new DataView(floats.buffer, 8),
      Buffer.from('x'),
    ]);
    expect((await restored(stream)).byteLength).toBe(24 + 16 + 1);
  });

  it('may be empty', async () => {
    expect((await restored(await through(compressor.compressStream(), []))).byteLength).toBe(0);
  });

  it('goes through the streams of Node', async () => {
    const pieces: Uint8Array[] = [];
    const bytes = pattern(300_000);
    await pipeline(
      Readable.from(cut(bytes, 7000)),
      Duplex.fromWeb(compressor.compressStream({ blockBytes: '64KB' })),
      Duplex.fromWeb(compressor.decompressStream()),
      async (pieceStream: AsyncIterable<Uint8Array>) => {
        for await (const piece of pieceStream) pieces.push(piece);
      },
    );
    expect(sameBytes(Buffer.concat(pieces), bytes)).toBe(true);
  });

  it('waits for its reader: no more than a few blocks are read ahead', async () => {
    let given = 0;
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        given += 1024;
        yield noise(1024, given);
      }
    }
    const reader = source(endless())
      .pipeThrough(compressor.compressStream({ blockBytes: 1024 }))
      .getReader();
    for (let pieces = 0; pieces < 10; pieces++) await reader.read();
    await settled();
    const before = given;
    await settled();
    expect(given).toBe(before);
    expect(given).toBeLessThan(30 * 1024);
    await reader.cancel();
  });

  it('does not keep memory that the writer uses again', async () => {
    const chunk = new Uint8Array(700);
    const { readable, writable } = compressor.compressStream({ blockBytes: 1024 });
    const writer = writable.getWriter();
    const stream = collected(readable);
    for (let round = 0; round < 5; round++) await writer.write(chunk.fill(round));
    await writer.close();
    const back = await restored(await stream);
    expect([0, 700, 1400, 2100, 2800].map((at) => back[at])).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('what a stream refuses', () => {
  it('chunks that are no memory', async () => {
    for (const chunk of ['text', 5, null, {}]) {
      expect(await codeOfRejection(through(compressor.compressStream(), [chunk]))).toBe('INPUT');
      expect(await codeOfRejection(through(compressor.decompressStream(), [chunk]))).toBe('INPUT');
    }
  });

  it('numbers that end within one', async () => {
    const stream = compressor.compressStream({ type: 'Float64Array' });
    expect(await codeOfRejection(through(stream, [new Uint8Array(12)]))).toBe('INPUT');
  });

  it('more than maxOutputBytes of the whole stream', async () => {
    const stream = await compressed(pattern(5000));
    const bounded = compressor.decompressStream({ maxOutputBytes: 4999 });
    expect(await codeOfRejection(through(bounded, [stream]))).toBe('TOO_LARGE');
    const enough = compressor.decompressStream({ maxOutputBytes: 5000 });
    expect((await through(enough, [stream])).byteLength).toBe(5000);
  });

  it('everything once its signal fires', async () => {
    const stream = await compressed(pattern(5000));
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await codeOfRejection(through(compressor.compressStream({ signal }), [pattern(10)]))).toBe(
      'ABORTED',
    );
    expect(await codeOfRejection(through(compressor.decompressStream({ signal }), [stream]))).toBe('ABORTED');
    const controller = new AbortController();
    function* untilEnough(): Generator<Uint8Array> {
      for (let count = 0; ; count++) {
        if (count === 5) controller.abort();
        yield noise(1024);
      }
    }
    const running = compressor.compressStream({ signal: controller.signal, blockBytes: 1024 });
    expect(await codeOfRejection(through(running, untilEnough()))).toBe('ABORTED');
  });

  it('to be made by a closed compressor, or to go on with one', async () => {
    const closing = new Compressor();
    const stream = closing.compressStream({ blockBytes: 1024 });
    await closing.close();
    expect(codeOf(() => closing.compressStream())).toBe('CLOSED');
    expect(codeOf(() => closing.decompressStream())).toBe('CLOSED');
    expect(await codeOfRejection(through(stream, [pattern(3000)]))).toBe('CLOSED');
  });
});

describe('damage in a stream', () => {
  const bytes = pattern(6000);

  it('is found whichever bit it is', async () => {
    const stream = await compressed(pattern(1500));
    for (let bit = 0; bit < stream.byteLength * 8; bit++) {
      const code = await codeOfRejection(restored(flip(stream, bit)));
      expect(['CORRUPT', 'NOT_A_FRAME', 'VERSION']).toContain(code);
    }
  });

  it('is found wherever the stream is cut', async () => {
    const stream = await compressed(pattern(1500));
    for (let length = 0; length < stream.byteLength; length++) {
      expect(await codeOfRejection(restored(stream.subarray(0, length)))).toBe('CORRUPT');
    }
  });

  it('is found when anything follows the end', async () => {
    const stream = await compressed(bytes);
    for (const extra of [Uint8Array.of(0), stream]) {
      expect(await codeOfRejection(restored(Buffer.concat([stream, extra])))).toBe('CORRUPT');
    }
  });

  /** Where each block of a stream of 1024-byte blocks begins, and where the end does. */
  function blocksOf(stream: Uint8Array): number[] {
    const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
    const offsets: number[] = [];
    for (let at = 16; ; at += 16 + view.getUint32(at + 4, true)) {
      offsets.push(at);
      if (view.getUint32(at, true) === 0xff_ff_ff_ff) return offsets;
    }
  }

  it('is told with the position of its block', async () => {
    const stream = await compressed(bytes);
    const offset = blocksOf(stream)[2] ?? 0;
    const damaged = flip(stream, (offset + 16 + 40) * 8);
    const error = await restored(damaged).catch((reason: unknown) => reason as CompressionError);
    expect(error).toMatchObject({ code: 'ERR_PERF_COMPRESSION_CORRUPT', block: { index: 2, offset } });
    expect(error).toHaveProperty('message', expect.stringContaining(`block 2 at byte ${String(offset)}`));
  });

  it('costs its block only, where somebody wants to hear of it', async () => {
    const stream = await compressed(bytes);
    const offset = blocksOf(stream)[2] ?? 0;
    const heard: CompressionError[] = [];
    const reading = compressor.decompressStream({ onDamage: (damage) => heard.push(damage) });
    const rest = await through(reading, [flip(stream, (offset + 16 + 40) * 8)]);
    expect(sameBytes(rest, Buffer.concat([bytes.subarray(0, 2048), bytes.subarray(3072)]))).toBe(true);
    expect(heard.map(({ block }) => block)).toEqual([{ index: 2, offset }]);
  });

  it('is a block that is missing, doubled, moved or of another stream', async () => {
    const stream = await compressed(bytes);
    const other = await compressed(noise(6000));
    const offsets = blocksOf(stream);
    const foreign = blocksOf(other);
    const [one = 0, two = 0, three = 0] = offsets.slice(1);
    const piece = (from: number, to?: number): Uint8Array => stream.subarray(from, to);
    const missing = Buffer.concat([piece(0, one), piece(two)]);
    const doubled = Buffer.concat([piece(0, two), piece(one)]);
    const moved = Buffer.concat([piece(0, one), piece(two, three), piece(one, two), piece(three)]);
    const replaced = Buffer.concat([piece(0, one), other.subarray(foreign[1], foreign[2]), piece(two)]);
    const lastMissing = Buffer.concat([piece(0, offsets.at(-2)), piece(offsets.at(-1) ?? 0)]);
    for (const wrong of [missing, doubled, moved, replaced, lastMissing]) {
      expect(await codeOfRejection(restored(wrong))).toBe('CORRUPT');
    }
  });

  it('in the order of blocks is told, and the others are still read', async () => {
    const stream = await compressed(bytes);
    const [, one = 0, two = 0] = blocksOf(stream);
    const heard: CompressionError[] = [];
    const reading = compressor.decompressStream({ onDamage: (damage) => heard.push(damage) });
    const rest = await through(reading, [Buffer.concat([stream.subarray(0, one), stream.subarray(two)])]);
    expect(sameBytes(rest, Buffer.concat([bytes.subarray(0, 1024), bytes.subarray(2048)]))).toBe(true);
    expect(heard.map(({ block }) => block?.index)).toEqual([2]);
  });
});
