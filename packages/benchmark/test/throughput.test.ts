import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatThroughput, PerformanceBenchmark, toReport } from '../src/index.js';
import { FakeMachine } from './fake-machine.js';

function setUp(): { machine: FakeMachine; bench: PerformanceBenchmark } {
  const machine = new FakeMachine();
  machine.readMs = 0;
  return { machine, bench: new PerformanceBenchmark(machine.options()) };
}

async function* source<T>(
  machine: FakeMachine,
  chunks: readonly T[],
  ms: (i: number) => number,
): AsyncGenerator<T> {
  for (const [i, chunk] of chunks.entries()) {
    await Promise.resolve();
    machine.spend(ms(i));
    yield chunk;
  }
}

describe('measureThroughput', () => {
  it('counts bytes and time, and how long the consumer waited', async () => {
    const { machine, bench } = setUp();
    const chunks = Array.from({ length: 10 }, () => new Uint8Array(1000));
    const metrics = await bench.measureThroughput(
      source(machine, chunks, () => 4),
      { consume: () => machine.spend(1) },
    );
    expect(metrics).toMatchObject({
      kind: 'throughput',
      name: 'stream',
      chunks: 10,
      bytes: 10_000,
      durationMs: 50,
      firstChunkMs: 4,
      bytesPerSecond: 200_000,
      chunksPerSecond: 200,
      starved: 0.8,
      backpressured: 0.2,
    });
    expect(metrics.latency).toMatchObject({ min: 4, p50: 4, max: 4 });
    expect(metrics).not.toHaveProperty('rows');
  });

  it('counts as a stall what lasts ten times the usual wait, or what was asked', async () => {
    const { machine, bench } = setUp();
    const chunks = Array.from({ length: 20 }, (_, i) => i);
    const slow = (i: number): number => (i === 7 ? 500 : i === 9 ? 30 : 2);
    const usual = await bench.measureThroughput(source(machine, chunks, slow));
    expect(usual.stalls).toEqual({ count: 2, timeMs: 530, longestMs: 500, afterMs: 20 });
    const strict = await bench.measureThroughput(source(machine, chunks, slow), { stallAfter: 100 });
    expect(strict.stalls).toMatchObject({ count: 1, timeMs: 500, afterMs: 100 });
  });

  it.each([
    ['text, in UTF-8', ['aä', '\ud800'], { bytes: 6 }],
    ['views and buffers', [new Float64Array(2), new ArrayBuffer(3), Buffer.from('ab')], { bytes: 21 }],
    ['arrays of rows', [[1, 2, 3], []], { rows: 3 }],
    ['record batches', [{ numRows: 5 }, { numRows: 0 }], { rows: 5 }],
    ['objects', [{ a: 1 }, { a: 2 }], { rows: 2 }],
  ])('knows the size of %s', async (_, chunks, wanted) => {
    const { machine, bench } = setUp();
    const { bytes, rows } = await bench.measureThroughput(source<unknown>(machine, chunks, () => 1));
    expect({ ...(bytes === undefined ? {} : { bytes }), ...(rows === undefined ? {} : { rows }) }).toEqual(
      wanted,
    );
  });

  it('counts as the caller says', async () => {
    const { machine, bench } = setUp();
    const metrics = await bench.measureThroughput(
      source(machine, [{ n: 3 }, { n: 4 }], () => 1),
      { rowsOf: ({ n }) => n, bytesOf: ({ n }) => 10 * n },
    );
    expect(metrics).toMatchObject({ rows: 7, bytes: 70 });
  });

  it('reads Node streams, Web streams, readers without an iterator, and plain iterables', async () => {
    const { bench } = setUp();
    const chunks = [Buffer.from('ab'), Buffer.from('cde')];
    const web = (): ReadableStream<Buffer> =>
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
    const stream = web();
    const bare = { getReader: () => stream.getReader() };
    for (const each of [Readable.from(chunks), web(), bare, chunks]) {
      expect(await bench.measureThroughput<Buffer>(each)).toMatchObject({ chunks: 2, bytes: 5 });
    }
  });

  it('says nothing about an empty stream that is not so', async () => {
    const { bench } = setUp();
    const metrics = await bench.measureThroughput([]);
    expect(metrics).toMatchObject({ chunks: 0, durationMs: 0, starved: 0, chunksPerSecond: 0, course: [] });
    expect(metrics).not.toHaveProperty('firstChunkMs');
    expect(metrics.latency.p50).toBeNaN();
    expect(JSON.parse(JSON.stringify(toReport([metrics])))).toEqual(toReport([metrics]));
    expect(formatThroughput([metrics])).toContain('stream');
  });

  it('stops after the chunks asked for and lets go of the stream', async () => {
    const { machine, bench } = setUp();
    let released = false;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (let i = 0; ; i++) {
          machine.spend(1);
          yield await Promise.resolve(i);
        }
      } finally {
        released = true;
      }
    }
    const metrics = await bench.measureThroughput(endless(), { maxChunks: 3 });
    expect(metrics).toMatchObject({ chunks: 3, durationMs: 3 });
    await Promise.resolve();
    expect(released).toBe(true);
  });

  it('ends at once on abort, even when the stream never answers', async () => {
    const { bench } = setUp();
    const controller = new AbortController();
    const stuck: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const run = bench.measureThroughput(stuck, { signal: controller.signal });
    controller.abort('enough');
    await expect(run).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_ABORTED', cause: 'enough' });
    expect(await bench.measureThroughput([1])).toMatchObject({ chunks: 1 });
  });

  it('names a stream that breaks, and a consumer that does', async () => {
    const { machine, bench } = setUp();
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      await Promise.resolve();
      throw new Error('lost');
    }
    await expect(bench.measureThroughput(broken(), { name: 'orders' })).rejects.toThrow(
      "the stream of 'orders' threw: lost",
    );
    const consume = (): never => {
      throw new Error('full');
    };
    await expect(
      bench.measureThroughput(
        source(machine, [1], () => 1),
        { consume },
      ),
    ).rejects.toThrow("consume of 'stream' threw: full");
  });

  it('refuses what is no stream, and counts that are none', async () => {
    const { bench } = setUp();
    // @ts-expect-error -- what a caller without types could pass
    await expect(bench.measureThroughput(5)).rejects.toMatchObject({ code: 'ERR_PERF_BENCHMARK_CANDIDATES' });
    await expect(bench.measureThroughput([1], { rowsOf: () => NaN })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_OPTION',
    });
    await expect(bench.measureThroughput([1], { maxChunks: 0 })).rejects.toMatchObject({
      code: 'ERR_PERF_BENCHMARK_OPTION',
    });
  });
});
