import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream, WritableStream } from 'node:stream/web';
import { describe, expect, it } from 'vitest';
import {
  fromByteStream,
  fromItems,
  intoNodeStream,
  intoWebStream,
  StreamingConverter,
  toNodeStream,
  toWebStream,
  type Batch,
} from '../../src/index.js';
import { deferred, settle } from '../fixtures/deferred.js';
import { batch, collected, CountingSource, rejection } from '../fixtures/stream.js';

const converter = new StreamingConverter({ memory: false });

/** Lets the streams of Node, which wait for their own turns of the loop, come to rest. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe('a source of bytes', () => {
  it.each<[string, () => AsyncIterable<unknown>]>([
    ['a Node stream', () => Readable.from([Buffer.from('ab'), Buffer.from('c')], { objectMode: false })],
    [
      'a Web stream',
      () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(Buffer.from('ab'));
            controller.enqueue(Buffer.from('c'));
            controller.close();
          },
        }),
    ],
  ])('is %s', async (_, stream) => {
    const chunks = await collected(converter.run(fromByteStream(stream()), []));
    expect(Buffer.concat(chunks).toString()).toBe('abc');
  });

  it('encodes text, lone surrogates too, and counts bytes', async () => {
    const run = converter.run(fromByteStream(['é', '\ud800']), []);
    expect(Buffer.concat(await collected(run)).toString()).toBe('é\ufffd');
    expect(run.stats().read).toEqual({ batches: 2, rows: 0, bytes: 5 });
  });

  it('refuses what is neither', async () => {
    const run = converter.run(fromByteStream([1]), []);
    await expect(run.drain()).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_BATCH' });
  });

  it('is let go of when the run is given up', async () => {
    const stream = Readable.from([Buffer.from('a'), Buffer.from('b')]);
    for await (const { bytes } of converter.run(fromByteStream(stream), [])) if (bytes === 1) break;
    expect(stream.destroyed).toBe(true);
  });

  it('that fails fails the run', async () => {
    const stream = new PassThrough();
    const failed = rejection(converter.run(fromByteStream(stream), []).drain());
    const failure = new Error('connection lost');
    stream.write('a');
    await rest();
    stream.destroy(failure);
    await expect(failed).resolves.toBe(failure);
  });
});

describe('items', () => {
  it('are gathered into batches of so many, or of so many bytes as the run asks for', async () => {
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const few = converter.run(fromItems(numbers, { bytesOf: () => 8, maxRows: 4 }), []);
    await expect(collected(few)).resolves.toEqual([numbers.slice(0, 4), numbers.slice(4, 8), [8, 9]]);
    const heavy = converter.run(fromItems(numbers, { bytesOf: () => 40 }), [], { batchBytes: 100 });
    await expect(collected(heavy)).resolves.toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
  });

  it('none of them: no batch', async () => {
    await expect(collected(converter.run(fromItems([], { bytesOf: () => 1 }), []))).resolves.toEqual([]);
  });

  it.each([Number.NaN, -1, Infinity, undefined])('that weigh %s are refused', async (weight) => {
    const run = converter.run(fromItems([1], { bytesOf: () => weight as number }), []);
    await expect(run.drain()).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
  });
});

describe('as a Node stream', () => {
  it('a run reads a batch when it is read', async () => {
    const source = new CountingSource(50);
    const stream = toNodeStream(converter.run(source, []));
    await rest();
    expect(source.given).toBe(0);
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await rest();
    expect(source.given).toBeLessThanOrEqual(2);
    await reader.return?.();
    expect(source.returned).toBe(true);
  });

  it('a run goes into a pipeline', async () => {
    const written: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        written.push(chunk.toString());
        done();
      },
    });
    await pipeline(
      toNodeStream(converter.run(new CountingSource(3), []), { chunk: ({ data }) => `${String(data)};` }),
      sink,
    );
    expect(written).toEqual(['1;', '2;', '3;']);
  });

  it('fails as the run does', async () => {
    const failure = new Error('stage');
    const run = converter.run(new CountingSource(3), [
      () => {
        throw failure;
      },
    ]);
    await expect(collected(toNodeStream(run) as AsyncIterable<Batch>)).rejects.toBe(failure);
  });
});

describe('a chunk', () => {
  const source = (): CountingSource => new CountingSource(3);
  const failure = new Error('cannot encode');
  const failing = (): never => {
    throw failure;
  };

  it.each<[string, (source: CountingSource) => Promise<unknown>]>([
    ['a Node stream', (s) => collected(toNodeStream(converter.run(s, []), { chunk: failing }) as never)],
    ['a Web stream', (s) => collectedFrom(toWebStream(converter.run(s, []), { chunk: failing }))],
    [
      'a sink',
      (s) =>
        converter.run(s, []).to(intoNodeStream(new PassThrough({ objectMode: true }), { chunk: failing })),
    ],
  ])('that cannot be made fails %s, and lets go of the source', async (_, read) => {
    const counted = source();
    await expect(read(counted)).rejects.toBe(failure);
    await rest();
    expect(counted.returned).toBe(true);
  });

  it.each([null, undefined])(
    'of a Node stream cannot be %s, which would end it as if all were read',
    async (none) => {
      const counted = source();
      const stream = toNodeStream(converter.run(counted, []), { chunk: () => none });
      await expect(collected(stream as AsyncIterable<Batch>)).rejects.toMatchObject({
        code: 'ERR_PERF_LAZY_BATCH',
      });
      expect(counted.returned).toBe(true);
    },
  );
});

describe('what is no source', () => {
  it.each([undefined, null, 5, {}])('is refused at once: %s', (given) => {
    const refused = expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error;
    expect(() => Reflect.apply(fromByteStream, undefined, [given]) as unknown).toThrow(refused);
    expect(() => Reflect.apply(fromItems, undefined, [given, { bytesOf: () => 1 }]) as unknown).toThrow(
      refused,
    );
  });
});

describe('into a Node stream', () => {
  it('writes each chunk when the last one was taken, and ends it', async () => {
    const source = new CountingSource(3);
    const taken: (() => void)[] = [];
    const sink = new Writable({
      objectMode: true,
      highWaterMark: 100,
      write(_, __, done) {
        taken.push(done);
      },
    });
    const done = converter.run(source, []).to(intoNodeStream(sink));
    for (const given of [1, 2, 3]) {
      await rest();
      expect([source.given, taken.length]).toEqual([given, given]);
      taken.at(-1)?.();
    }
    await done;
    expect(sink.writableFinished).toBe(true);
  });

  it('a stream that fails fails the run, and lets go of the source', async () => {
    const source = new CountingSource(9);
    const failure = new Error('disk full');
    const sink = new Writable({
      objectMode: true,
      write(chunk: number, _, done) {
        done(chunk === 2 ? failure : null);
      },
    });
    await expect(converter.run(source, []).to(intoNodeStream(sink))).rejects.toBe(failure);
    expect(source.returned).toBe(true);
  });

  it('a stream that is destroyed while it writes does not keep the run waiting', async () => {
    const sink = new Writable({ objectMode: true, write: () => undefined });
    const failed = rejection(converter.run(new CountingSource(9), []).to(intoNodeStream(sink)));
    await rest();
    sink.destroy();
    await expect(failed).resolves.toBeInstanceOf(Error);
  });

  it('is destroyed by a run that is given up', async () => {
    const controller = new AbortController();
    const sink = new PassThrough({ objectMode: true, highWaterMark: 1 });
    const gate = deferred<undefined>();
    async function* source(): AsyncGenerator<Batch<number>> {
      yield batch(1);
      await gate.promise;
    }
    const failed = rejection(
      converter.run(source(), [], { signal: controller.signal }).to(intoNodeStream(sink)),
    );
    const closed = new Promise((resolve) => {
      sink.once('close', resolve);
    });
    await rest();
    controller.abort();
    await expect(failed).resolves.toMatchObject({ name: 'AbortError' });
    await closed;
    expect(sink.destroyed).toBe(true);
  });
});

describe('as a Web stream', () => {
  it('a run reads a batch when it is read, and is given up when that is cancelled', async () => {
    const source = new CountingSource(50);
    const reader = toWebStream(converter.run(source, [])).getReader();
    await settle();
    expect(source.given).toBe(0);
    await expect(reader.read()).resolves.toEqual({ done: false, value: 1 });
    await settle();
    expect(source.given).toBe(1);
    await reader.cancel();
    expect(source.returned).toBe(true);
  });

  it('ends and fails as the run does', async () => {
    await expect(collectedFrom(toWebStream(converter.run(new CountingSource(2), [])))).resolves.toEqual([
      1, 2,
    ]);
    const failure = new Error('stage');
    const failing = converter.run(new CountingSource(2), [() => Promise.reject(failure)]);
    await expect(collectedFrom(toWebStream(failing))).rejects.toBe(failure);
  });
});

describe('into a Web stream', () => {
  it('writes, waits and closes', async () => {
    const written: unknown[] = [];
    const source = new CountingSource(3);
    const gates = [1, 2, 3].map(() => deferred<undefined>());
    const sink = new WritableStream({
      async write(chunk: number) {
        await gates[chunk - 1]?.promise;
        written.push(chunk);
      },
      close() {
        written.push('closed');
      },
    });
    const done = converter.run(source, []).to(intoWebStream(sink));
    await settle();
    expect(source.given).toBe(1);
    for (const gate of gates) gate.resolve(undefined);
    await done;
    expect(written).toEqual([1, 2, 3, 'closed']);
  });

  it('is aborted by a run that fails', async () => {
    const failure = new Error('source');
    const aborted = deferred<unknown>();
    const sink = new WritableStream({
      abort(reason) {
        aborted.resolve(reason);
      },
    });
    async function* source(): AsyncGenerator<Batch<number>> {
      yield batch(1);
      await Promise.reject(failure);
    }
    await expect(converter.run(source(), []).to(intoWebStream(sink))).rejects.toBe(failure);
    await expect(aborted.promise).resolves.toBe(failure);
  });
});

async function collectedFrom(stream: ReadableStream): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const chunk of stream) found.push(chunk);
  return found;
}
