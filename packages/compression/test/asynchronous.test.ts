import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Compressor } from '../src/index.js';
import { codeOf, codeOfRejection } from './forge.js';
import { noise, pattern, sameBytes } from './samples.js';

const LARGE = 4 * 2 ** 20;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The four ways in which asynchronous work can go, each long enough to be stopped on its way. */
const compressible = pattern(LARGE);
const incompressible = noise(LARGE);
const halfNoise = incompressible.map((byte) => byte & 0x0f);
const zipped = new Compressor({ codec: 'gzip' }).compressSync(halfNoise);
const raw = new Compressor({ codec: 'none' }).compressSync(compressible);
const works: readonly [string, (c: Compressor, signal: AbortSignal) => Promise<unknown>][] = [
  ['compress with gzip', (c, signal) => c.compress(compressible, { signal })],
  ['compress what does not shrink', (c, signal) => c.compress(incompressible, { signal })],
  ['decompress gzip', (c, signal) => c.decompress(zipped, { signal })],
  ['decompress raw', (c, signal) => c.decompress(raw, { signal })],
];

describe.each(works)('%s', (_, work) => {
  it('is not begun when the signal has fired already', async () => {
    const compressor = new Compressor();
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(work(compressor, signal)).rejects.toMatchObject({
      code: 'ERR_PERF_COMPRESSION_ABORTED',
      cause: new Error('too late'),
    });
    expect(compressor.stats().running).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not even wait in line when the signal has fired already', async () => {
    const compressor = new Compressor({ concurrency: 1 });
    const first = compressor.compress(compressible);
    const call = codeOfRejection(work(compressor, AbortSignal.abort()));
    expect(compressor.stats().queued).toBe(0);
    expect(await call).toBe('ABORTED');
    expect(compressor.stats().running).toBe(1);
    await first;
  });

  it('stops when the signal fires on the way', async () => {
    const compressor = new Compressor({ codec: 'gzip', concurrency: 1 });
    const controller = new AbortController();
    const stopped = codeOfRejection(work(compressor, controller.signal));
    await turn();
    expect(compressor.stats().running).toBe(1);
    controller.abort();
    expect(await stopped).toBe('ABORTED');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    const { running, compress, decompress } = compressor.stats();
    expect([running, compress.aborted + decompress.aborted]).toEqual([0, 1]);
    const data = pattern(5000);
    expect(sameBytes(await compressor.decompress(await compressor.compress(data)), data)).toBe(true);
  });

  it('stops while it waits for its turn', async () => {
    const compressor = new Compressor({ codec: 'gzip', concurrency: 1 });
    const first = compressor.compress(compressible);
    const controller = new AbortController();
    const waiting = codeOfRejection(work(compressor, controller.signal));
    await turn();
    expect(compressor.stats().queued).toBe(1);
    controller.abort();
    expect(await waiting).toBe('ABORTED');
    expect(compressor.stats().queued).toBe(0);
    await first;
  });

  it('takes no notice of a signal that fires afterwards', async () => {
    const compressor = new Compressor();
    const controller = new AbortController();
    const result = await work(compressor, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(ArrayBuffer.isView(result)).toBe(true);
  });

  it('lets the event loop turn', async () => {
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await work(new Compressor(), new AbortController().signal);
    done = true;
    expect(turns).toBeGreaterThan(LARGE / 2 ** 20 - 2);
  });
});

describe('many calls at once', () => {
  it('each give back their own content, over one signal, without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning);
    };
    process.on('warning', note);
    const compressor = new Compressor({ concurrency: 3, minBytes: 0 });
    const { signal } = new AbortController();
    const contents = Array.from({ length: 60 }, (_, index) => pattern(index * 700).fill(index, 0, 9));
    const frames = await Promise.all(contents.map((content) => compressor.compress(content, { signal })));
    const backs = await Promise.all(frames.map((frame) => compressor.decompress(frame, { signal })));
    expect(backs.every((back, index) => sameBytes(back, contents[index] ?? new Uint8Array(1)))).toBe(true);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await turn();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('are bounded in number, at work and in line', async () => {
    const compressor = new Compressor({ concurrency: 2, maxQueue: 3 });
    const calls = Array.from({ length: 7 }, () => codeOfRejection(compressor.compress(pattern(50_000))));
    expect(compressor.stats()).toMatchObject({ running: 2, queued: 3 });
    expect(await Promise.all(calls)).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      'QUEUE_FULL',
      'QUEUE_FULL',
    ]);
  });
});

describe('memory that changes under the call', () => {
  it.each(['gzip', 'none'] as const)('is an error when it is transferred away (%s)', async (codec) => {
    const compressor = new Compressor({ codec });
    const data = pattern(LARGE);
    const call = codeOfRejection(compressor.compress(data));
    await turn();
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(await call).toBe('DETACHED');
    expect(compressor.stats().running).toBe(0);
  });

  it('is an error when it is transferred away before the call has its turn', async () => {
    const compressor = new Compressor({ concurrency: 1 });
    const first = compressor.compress(compressible);
    const data = pattern(200_000);
    const call = codeOfRejection(compressor.compress(data));
    const frame = compressor.compressSync(pattern(5000));
    const read = codeOfRejection(compressor.decompress(frame));
    structuredClone(data.buffer, { transfer: [data.buffer] });
    structuredClone(frame.buffer, { transfer: [frame.buffer] });
    expect([await call, await read]).toEqual(['DETACHED', 'DETACHED']);
    await first;
  });

  it.each([
    ['gzip', pattern(LARGE)],
    ['none', pattern(LARGE)],
    ['gzip', noise(LARGE)],
  ] as const)('never makes a frame that cannot be read (%s)', async (codec, data) => {
    const compressor = new Compressor({ codec });
    const call = compressor.compress(data);
    await turn();
    data.fill(7);
    const back = compressor.decompressSync(await call);
    expect(back.byteLength).toBe(LARGE);
  });

  it.each([
    ['gzip', zipped],
    ['none', raw],
  ])('is damage when it is that of a frame (%s)', async (_, frame) => {
    const copy = frame.slice();
    const call = codeOfRejection(new Compressor().decompress(copy));
    await turn();
    copy.fill(0xff, 32);
    expect(await call).toBe('CORRUPT');
  });
});

describe('a closed compressor', () => {
  it('refuses every call but stats and close', async () => {
    const compressor = new Compressor();
    const frame = compressor.compressSync(new Uint8Array(10));
    await compressor.close();
    expect(codeOf(() => compressor.compressSync(new Uint8Array(1)))).toBe('CLOSED');
    expect(codeOf(() => compressor.decompressSync(frame))).toBe('CLOSED');
    expect(codeOf(() => compressor.inspect(frame))).toBe('CLOSED');
    expect(await codeOfRejection(compressor.compress(new Uint8Array(1)))).toBe('CLOSED');
    expect(await codeOfRejection(compressor.decompress(frame))).toBe('CLOSED');
    expect(compressor.stats().compress).toMatchObject({ completed: 1, failed: 2 });
    await compressor.close();
  });

  it('finishes what is at work and refuses what waits', async () => {
    const compressor = new Compressor({ concurrency: 1 });
    const data = pattern(2 * 2 ** 20);
    const atWork = compressor.compress(data);
    const waiting = codeOfRejection(compressor.compress(data));
    await compressor.close();
    expect(compressor.stats()).toMatchObject({ running: 0, queued: 0 });
    expect(await waiting).toBe('CLOSED');
    expect(sameBytes(new Compressor().decompressSync(await atWork), data)).toBe(true);
  });

  it('is what a declaration with using leaves behind', async () => {
    const compressor = new Compressor();
    await compressor[Symbol.asyncDispose]();
    expect(codeOf(() => compressor.compressSync(new Uint8Array(1)))).toBe('CLOSED');
  });
});

describe('errors of asynchronous calls', () => {
  it('are rejections, never thrown at the caller', async () => {
    const compressor = new Compressor();
    const calls = [
      Reflect.apply(compressor.compress, compressor, ['text']),
      Reflect.apply(compressor.compress, compressor, [new Uint8Array(1), { signal: {} }]),
      Reflect.apply(compressor.compress, compressor, [new Uint8Array(1), { singal: undefined }]),
      Reflect.apply(compressor.compress, compressor, [new Uint8Array(1), null]),
      Reflect.apply(compressor.compress, compressor, [new Uint8Array(1), []]),
      Reflect.apply(compressor.decompress, compressor, [new Uint8Array(40), { signal: 'no' }]),
    ] as Promise<unknown>[];
    expect(await Promise.all(calls.map(codeOfRejection))).toEqual([
      'INPUT',
      'OPTION',
      'OPTION',
      'OPTION',
      'OPTION',
      'OPTION',
    ]);
  });
});
