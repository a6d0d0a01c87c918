import { describe, expect, it } from 'vitest';
import { Ledger, MemoryPool, StreamingConverter, type Batch, type Stage } from '../../src/index.js';
import { deferred, outcomeOf, settle, type Deferred } from '../fixtures/deferred.js';
import { HandMemory } from '../fixtures/hand-memory.js';
import { batch, collected, CountingSource, rejection } from '../fixtures/stream.js';

function setUp(o: ConstructorParameters<typeof StreamingConverter>[0] = {}) {
  const ledger = new Ledger();
  return { ledger, converter: new StreamingConverter({ memory: false, ledger, ...o }) };
}

const double = ({ data, bytes, rows }: Batch<number>): Batch<number> => batch(2 * data, bytes, rows);

/** A stage whose calls end when the test says so. */
function controlled(o: Partial<Stage<number, number>> = {}) {
  const calls: (Deferred<Batch<number>> & { readonly data: number })[] = [];
  const stage: Stage<number, number> = {
    ...o,
    run: ({ data }) => {
      const call = { ...deferred<Batch<number>>(), data };
      calls.push(call);
      return call.promise;
    },
  };
  return { calls, stage };
}

describe('a run', () => {
  it('takes every batch through every stage, in order', async () => {
    const { converter } = setUp();
    const run = converter.run(new CountingSource(4), [double, ({ data }) => batch(data + 1)]);
    await expect(collected(run)).resolves.toEqual([3, 5, 7, 9]);
  });

  it('without stages gives what the source gives', async () => {
    const { converter } = setUp();
    await expect(collected(converter.run([batch(1), batch(2)], []))).resolves.toEqual([1, 2]);
  });

  it('of an empty source ends at once, after what the stages have held back', async () => {
    const { converter } = setUp();
    const last: Stage<number, number> = { run: () => undefined, flush: () => batch(7) };
    await expect(collected(converter.run([], []))).resolves.toEqual([]);
    await expect(collected(converter.run([], [last, double]))).resolves.toEqual([14]);
  });

  it('lets a stage give none, several, or several that it makes while they are asked for', async () => {
    const { converter } = setUp();
    const run = converter.run(new CountingSource(3), [
      ({ data }) => (data === 1 ? undefined : [batch(data), batch(10 * data)]),
      async function* ({ data }) {
        yield batch(data);
        await Promise.resolve();
        yield batch(-data);
      },
    ]);
    await expect(collected(run)).resolves.toEqual([2, -2, 20, -20, 3, -3, 30, -30]);
  });

  it('begins when it is read, and asks the source only for what it is asked for itself', async () => {
    const { converter } = setUp();
    const source = new CountingSource(100);
    let opened = 0;
    const run = converter.run(() => {
      opened += 1;
      return source;
    }, [double, double]);
    await settle();
    expect(opened).toBe(0);
    const reader = run[Symbol.asyncIterator]();
    await reader.next();
    await settle();
    expect(source.given).toBe(1);
    await reader.next();
    expect(source.given).toBe(2);
  });

  it('can be read once', async () => {
    const { converter } = setUp();
    const run = converter.run([batch(1)], []);
    await collected(run);
    expect(() => run[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_LAZY_CLOSED' }) as Error,
    );
  });

  it('refuses to be asked for a batch before the last one has come, and goes on', async () => {
    const { converter } = setUp();
    const reader = converter.run(new CountingSource(2), [])[Symbol.asyncIterator]();
    const first = reader.next();
    await expect(reader.next()).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
    await expect(first).resolves.toMatchObject({ value: { data: 1 } });
    await expect(reader.next()).resolves.toMatchObject({ value: { data: 2 } });
    await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
    await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('counts what was read and written', async () => {
    const { converter } = setUp();
    const run = converter.run([batch(1, 10, 5), batch(2, 20, 7)], [({ data }) => batch(data, 3, 1)]);
    const stats = await run.drain();
    expect(stats).toMatchObject({
      read: { batches: 2, rows: 12, bytes: 30 },
      written: { batches: 2, rows: 2, bytes: 6 },
      heldBytes: 0,
    });
    expect(Object.isFrozen(stats)).toBe(true);
  });

  it('tells its stages what it holds back as well, and lets that count', async () => {
    const { converter, ledger } = setUp({ maxBytes: 100 });
    const seen: number[] = [];
    const summing = (): Stage<number, number> => {
      let sum = 0;
      return {
        run: ({ data }, { hold }) => {
          sum += data;
          hold(40);
          seen.push(ledger.bytes);
          return undefined;
        },
        flush: () => batch(sum),
      };
    };
    await expect(collected(converter.run(new CountingSource(3), [summing()]))).resolves.toEqual([6]);
    expect(seen).toEqual([41, 41, 41]);
    expect(ledger.bytes).toBe(0);
  });
});

describe('a sink', () => {
  it('is given each batch when it is done with the last', async () => {
    const { converter } = setUp();
    const source = new CountingSource(3);
    const writes: Deferred<unknown>[] = [];
    const done = converter.run(source, [double]).to(() => {
      const write = deferred<unknown>();
      writes.push(write);
      return write.promise;
    });
    for (const given of [1, 2, 3]) {
      await settle();
      expect([source.given, writes.length]).toEqual([given, given]);
      writes.at(-1)?.resolve(undefined);
    }
    await expect(done).resolves.toMatchObject({ written: { batches: 3 } });
  });

  it('is told of the end, or why there is none', async () => {
    const { converter } = setUp();
    const told: unknown[] = [];
    const sink = {
      write: ({ data }: Batch<number>) => told.push(data),
      close: () => told.push('closed'),
      abort: (error: unknown) => {
        told.push(error);
        throw new Error('not this one');
      },
    };
    await converter.run([batch(1)], []).to(sink);
    expect(told.splice(0)).toEqual([1, 'closed']);
    const failure = new Error('no more');
    const failing = converter.run(new CountingSource(2), [
      (given) => {
        if (given.data === 2) throw failure;
        return given;
      },
    ]);
    await expect(failing.to(sink)).rejects.toBe(failure);
    expect(told).toEqual([1, failure]);
  });

  it.each(['write', 'close', 'abort'])(
    'that never answers its %s does not hold up an abort',
    async (method) => {
      const { converter } = setUp();
      const controller = new AbortController();
      const reason = new Error('enough');
      const never = (): Promise<never> => new Promise(() => undefined);
      const sink = {
        write: () => (method === 'abort' ? never() : undefined),
        close: () => undefined,
        abort: () => undefined,
        [method]: never,
      };
      const done = outcomeOf(converter.run([batch(1)], [], { signal: controller.signal }).to(sink));
      await settle();
      expect(done.now).toBe('pending');
      controller.abort(reason);
      await settle();
      expect(done.now).toEqual({ error: reason });
    },
  );

  it('that fails gives the run up', async () => {
    const { converter, ledger } = setUp();
    const source = new CountingSource(9);
    const failure = new Error('disk full');
    const done = converter.run(source, [double]).to(() => Promise.reject(failure));
    await expect(done).rejects.toBe(failure);
    expect([source.given, source.returned, ledger.bytes]).toEqual([1, true, 0]);
  });
});

describe('a parallel stage', () => {
  it('has so many batches in work, no more, and gives them in the order in which they came', async () => {
    const { converter } = setUp();
    const source = new CountingSource(5);
    const { calls, stage } = controlled({ concurrency: 3 });
    const found = collected(converter.run(source, [stage]));
    await settle();
    expect(calls.map(({ data }) => data)).toEqual([1, 2, 3]);
    calls[2]?.resolve(batch(30));
    calls[1]?.resolve(batch(20));
    await settle();
    // What is done keeps its place until what came before it was taken.
    expect(source.given).toBe(3);
    calls[0]?.resolve(batch(10));
    await settle();
    expect(calls.map(({ data }) => data)).toEqual([1, 2, 3, 4, 5]);
    calls[4]?.resolve(batch(50));
    calls[3]?.resolve(batch(40));
    await expect(found).resolves.toEqual([10, 20, 30, 40, 50]);
  });

  it('gives them as they get ready when order does not matter', async () => {
    const { converter } = setUp();
    const { calls, stage } = controlled({ concurrency: 2, ordered: false });
    const found = collected(converter.run(new CountingSource(3), [stage]));
    await settle();
    calls[1]?.resolve(batch(20));
    await settle();
    expect(calls).toHaveLength(3);
    calls[2]?.resolve(batch(30));
    await settle();
    calls[0]?.resolve(batch(10));
    await expect(found).resolves.toEqual([20, 30, 10]);
  });

  it('goes on with what is in work while its source has nothing to give', async () => {
    const { converter } = setUp();
    const gate = deferred<undefined>();
    const run = converter.run(
      async function* () {
        yield batch(1);
        await gate.promise;
        yield batch(2);
      },
      [{ concurrency: 4, run: double }],
    );
    const reader = run[Symbol.asyncIterator]();
    await expect(reader.next()).resolves.toMatchObject({ value: { data: 2 } });
    gate.resolve(undefined);
    await expect(reader.next()).resolves.toMatchObject({ value: { data: 4 } });
  });

  it('flushes when the last batch has passed', async () => {
    const { converter } = setUp();
    let sum = 0;
    const run = converter.run(new CountingSource(6), [
      {
        concurrency: 2,
        run: async ({ data }: Batch<number>) => {
          await Promise.resolve();
          sum += data;
          return undefined;
        },
        flush: () => batch(sum),
      },
    ]);
    await expect(collected(run)).resolves.toEqual([21]);
  });

  it('that fails gives up the rest and tells it by the signal', async () => {
    const { converter, ledger } = setUp();
    const source = new CountingSource(9, 10);
    const failure = new Error('second');
    const signals: AbortSignal[] = [];
    const second = deferred<undefined>();
    const others = deferred<undefined>();
    const run = converter.run(source, [
      {
        concurrency: 3,
        run: async (given: Batch<number>, { signal }) => {
          signals.push(signal);
          await (given.data === 2 ? second : others).promise;
          return given;
        },
        ordered: false,
      },
    ]);
    const failed = rejection(collected(run));
    await settle();
    second.reject(failure);
    await expect(failed).resolves.toBe(failure);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(source.returned).toBe(true);
    // The two that are still at work.
    expect(ledger.bytes).toBe(20);
    others.resolve(undefined);
    await settle();
    expect([ledger.bytes, ledger.entries()]).toEqual([0, []]);
  });
});

describe('giving up', () => {
  it('rejects the reader with the reason, at once, also when a stage never answers', async () => {
    const { converter } = setUp();
    const source = new CountingSource(9);
    const reason = new Error('enough');
    const controller = new AbortController();
    const { calls, stage } = controlled();
    const found = collected(converter.run(source, [stage], { signal: controller.signal }));
    const outcome = outcomeOf(found);
    await settle();
    expect(calls).toHaveLength(1);
    controller.abort(reason);
    await settle();
    expect(outcome.now).toEqual({ error: reason });
  });

  it('lets go of a source that never answers', async () => {
    const { converter, ledger } = setUp();
    const controller = new AbortController();
    let returned = false;
    const silent: AsyncIterable<Batch<number>> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => {
          returned = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const failed = rejection(collected(converter.run(silent, [double], { signal: controller.signal })));
    await settle();
    controller.abort();
    await expect(failed).resolves.toMatchObject({ name: 'AbortError' });
    expect([returned, ledger.entries()]).toEqual([true, []]);
  });

  it('before the first batch never opens the source', async () => {
    const { converter } = setUp();
    const reason = new Error('too late');
    let opened = false;
    const run = converter.run(
      () => {
        opened = true;
        return [batch(1)];
      },
      [],
      { signal: AbortSignal.abort(reason) },
    );
    await expect(collected(run)).rejects.toBe(reason);
    expect(opened).toBe(false);
  });

  it('between two batches tells the reader at its next step', async () => {
    const { converter, ledger } = setUp();
    const controller = new AbortController();
    const source = new CountingSource(9);
    const reader = converter.run(source, [double], { signal: controller.signal })[Symbol.asyncIterator]();
    await reader.next();
    controller.abort('bored');
    await settle();
    expect([source.returned, ledger.bytes]).toEqual([true, 0]);
    await expect(reader.next()).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_ABORTED', cause: 'bored' });
    await expect(reader.next()).resolves.toMatchObject({ done: true });
  });

  it.each([1, 3])('a reader that leaves releases everything, with %i lanes', async (concurrency) => {
    const { converter, ledger } = setUp();
    const source = new CountingSource(99, 10);
    const signals: AbortSignal[] = [];
    const run = converter.run(source, [
      {
        concurrency,
        run: (given: Batch<number>, { signal }) => {
          signals.push(signal);
          return given;
        },
      },
      double,
    ]);
    for await (const { data } of run) if (data >= 6) break;
    await settle();
    expect([source.returned, ledger.bytes, ledger.entries()]).toEqual([true, 0, []]);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('at the end of an await using block lets go of a source that was not read to its end', async () => {
    const { converter, ledger } = setUp();
    const source = new CountingSource(9);
    {
      await using run = converter.run(source, [double]);
      const reader = run[Symbol.asyncIterator]();
      await reader.next();
      expect([source.returned, ledger.bytes]).toEqual([false, 1]);
    }
    expect([source.returned, ledger.bytes, ledger.entries()]).toEqual([true, 0, []]);
  });

  it('takes no notice of a signal that fires after the end', async () => {
    const { converter } = setUp();
    const controller = new AbortController();
    const run = converter.run([batch(1)], [], { signal: controller.signal });
    await expect(collected(run)).resolves.toEqual([1]);
    controller.abort();
    await settle();
    expect(run.stats().written.batches).toBe(1);
  });

  it('by closing the converter rejects every reader and refuses new runs', async () => {
    const { converter } = setUp();
    const { stage } = controlled();
    const waiting = collected(converter.run(new CountingSource(3), [stage]));
    const unread = converter.run([batch(1)], []);
    await settle();
    converter.close();
    converter.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
    expect(() => unread[Symbol.asyncIterator]()).toThrow('closed');
    expect(() => converter.run([], [])).toThrow('closed');
  });

  it('passes on what the source throws when it is let go of by a reader that leaves', async () => {
    const { converter } = setUp();
    const failure = new Error('cannot close the file');
    async function* source(): AsyncGenerator<Batch<number>> {
      try {
        yield batch(1);
        await Promise.resolve();
        yield batch(2);
      } finally {
        await Promise.reject(failure);
      }
    }
    const reading = async (): Promise<void> => {
      for await (const { data } of converter.run(source(), [])) if (data === 1) break;
    };
    await expect(reading()).rejects.toBe(failure);
  });
});

describe('the budget', () => {
  it('takes parts of bytes for whole ones, so that the books come out even', async () => {
    const { converter, ledger } = setUp({ maxBytes: 100 });
    const source = [0.1, 0.7, 1 / 3, 0, -0].map((bytes) => batch(1, bytes));
    const run = converter.run(source, [
      { concurrency: 3, run: async (given) => Promise.resolve(batch(given.data, 0.2)) },
    ]);
    await expect(collected(run)).resolves.toHaveLength(5);
    expect([ledger.bytes, ledger.entries()]).toEqual([0, []]);
  });

  it('counts a batch until all is made of it, and that until the reader asks for the next one', async () => {
    const { converter, ledger } = setUp({ maxBytes: 1000 });
    const inside: number[] = [];
    const run = converter.run(new CountingSource(2, 100), [
      () => {
        inside.push(ledger.bytes);
        return [batch(1, 30), batch(2, 40)];
      },
    ]);
    const seen: number[] = [];
    for await (const each of run) seen.push(ledger.bytes + 0 * each.bytes);
    expect(inside).toEqual([100, 100]);
    // The source's batch goes when all is made of it, each of those when the next one is asked for.
    expect(seen).toEqual([70, 40, 70, 40]);
    expect(run.stats()).toMatchObject({ peakBytes: 170, heldBytes: 0 });
    expect(ledger.entries()).toEqual([]);
  });

  it('counts a batch to the end of what is made of it while that is asked for', async () => {
    const { converter, ledger } = setUp({ maxBytes: 1000 });
    const run = converter.run(new CountingSource(1, 100), [
      function* () {
        yield batch(1, 30);
        yield batch(2, 40);
      },
    ]);
    const seen: number[] = [];
    for await (const each of run) seen.push(ledger.bytes + 0 * each.bytes);
    expect(seen).toEqual([130, 140]);
  });

  it('refuses all that a stage gave when one of it is refused, and holds nothing', async () => {
    const { converter, ledger } = setUp({ maxBytes: 100 });
    for (const passing of [false, true]) {
      const run = converter.run(new CountingSource(1, 10), [
        (given) => [passing ? given : batch(1, 30), batch(2, 95)],
      ]);
      await expect(collected(run)).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_BUDGET' });
      expect([ledger.bytes, ledger.entries()]).toEqual([0, []]);
    }
  });

  it.each([
    ['the source', 101, 1, 'the source'],
    ['a stage', 60, 41, 'stage 1'],
  ])('refuses a single batch that cannot fit: of %s', async (_, first, second, who) => {
    const { converter, ledger } = setUp({ maxBytes: 100 });
    const source = new CountingSource(2, first);
    const run = converter.run(source, [({ data }) => batch(data, second)]);
    const error = await rejection(collected(run));
    expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_BUDGET' });
    expect(String(error)).toContain(who);
    expect([source.returned, ledger.bytes]).toEqual([true, 0]);
  });

  it('begins small, grows to what fits, and shrinks when more is made of a batch', async () => {
    const { converter } = setUp({ maxBytes: '1MB', batchBytes: '1MB' });
    let growth = 1;
    const asked: number[] = [];
    const run = converter.run(
      (control) => ({
        *[Symbol.iterator]() {
          for (let given = 0; given < 40; given += 1) {
            asked.push(control.batchBytes);
            yield batch(given, control.batchBytes);
          }
        },
      }),
      [
        ({ data, bytes }) => {
          growth = data < 20 ? 1 : 3;
          return batch(data, growth * bytes);
        },
      ],
    );
    const stats = await run.drain();
    expect([asked[0], asked[1], asked[19]]).toEqual([16 * 1024, 32 * 1024, 256 * 1024]);
    // The first batch of which more was made came as a surprise, and fitted still.
    expect(stats).toMatchObject({ peakBytes: 2 ** 20, growth: 4, batchBytes: 128 * 1024, overruns: 0 });
  });

  it('keeps what is under way in parallel within the bytes', async () => {
    const { converter, ledger } = setUp({ maxBytes: 1000, batchBytes: 100 });
    const source = new CountingSource(50, 100);
    const { calls, stage } = controlled({ concurrency: 8 });
    const done = converter.run(source, [stage]).drain();
    for (let answered = 0; answered < 50; answered += 1) {
      await settle();
      // Each batch is expected to double, so five of them are all that fits.
      expect(source.given).toBeLessThanOrEqual(answered + 5);
      expect(ledger.bytes).toBeLessThanOrEqual(1000);
      calls[answered]?.resolve(batch(answered, 100));
    }
    await expect(done).resolves.toMatchObject({ overruns: 0, written: { batches: 50 } });
  });

  it('cuts a batch that is larger than was asked for, where it is told how', async () => {
    const { converter, ledger } = setUp({ maxBytes: 1000, batchBytes: 100 });
    let disposed = 0;
    const whole = {
      data: [1, 2, 3, 4, 5, 6],
      rows: 6,
      bytes: 300,
      [Symbol.dispose]: () => {
        disposed += 1;
      },
    };
    const run = converter.run(
      [whole],
      [({ data, rows }) => ({ data: data.map((each) => 10 * each), rows, bytes: 8 * rows })],
      {
        split: ({ data, bytes }, parts) =>
          Array.from({ length: parts }, (_, part) => {
            const rows = data.length / parts;
            return { data: data.slice(part * rows, (part + 1) * rows), rows, bytes: bytes / parts };
          }),
      },
    );
    const seen: [readonly number[], number, number][] = [];
    for await (const { data } of run) seen.push([data, ledger.bytes, disposed]);
    expect(seen).toEqual([
      [[10, 20], 316, 0],
      [[30, 40], 316, 0],
      [[50, 60], 316, 0],
    ]);
    expect([disposed, ledger.bytes, run.stats().splits]).toEqual([1, 0, 1]);
  });
});

describe('what a stage says of itself', () => {
  it.each([Number.NaN, -1, 0.5, Infinity])('must be bytes: it cannot hold or allocate %d', async (bytes) => {
    const { converter, ledger } = setUp();
    for (const method of ['hold', 'allocate'] as const) {
      const run = converter.run(new CountingSource(2), [
        (given, context) => {
          context[method](bytes);
          return given;
        },
      ]);
      await expect(run.drain()).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
    }
    expect([ledger.bytes, ledger.entries()]).toEqual([0, []]);
  });

  it('counts: more than the budget is refused', async () => {
    const { converter } = setUp({ maxBytes: 100 });
    const run = converter.run(new CountingSource(9, 10), [
      {
        name: 'sorter',
        run: ({ data }, { hold }) => {
          hold(30 * data);
          return undefined;
        },
      },
    ]);
    const error = await rejection(run.drain());
    expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_BUDGET' });
    expect(String(error)).toContain('sorter');
    expect(run.stats().heldBytes).toBe(0);
  });
});

describe('while memory is scarce', () => {
  it('batches get smaller, and one is under way at a time when it is critical', async () => {
    const memory = new HandMemory();
    const { converter } = setUp({ memory, maxBytes: 64 * 1024, batchBytes: 64 * 1024 });
    const asked: number[] = [];
    const source = new CountingSource(100, 16);
    const { calls, stage } = controlled({ concurrency: 4 });
    const done = converter
      .run(
        (control) => ({
          async *[Symbol.asyncIterator]() {
            for await (const each of source) {
              asked.push(control.batchBytes);
              yield each;
            }
          },
        }),
        [stage],
      )
      .drain();
    const answer = async (): Promise<number> => {
      await settle();
      const open = calls.splice(0);
      for (const call of open) call.resolve(batch(call.data, 16));
      return open.length;
    };
    expect(await answer()).toBeGreaterThan(1);
    memory.become('critical');
    await answer();
    expect([await answer(), await answer(), await answer()]).toEqual([1, 1, 1]);
    memory.become('none');
    await answer();
    expect(await answer()).toBeGreaterThan(1);
    while ((await answer()) > 0);
    await expect(done).resolves.toMatchObject({ written: { batches: 100 } });
    expect(asked).toHaveLength(100);
  });
});

describe('memory of batches', () => {
  it('is disposed of once, when the stage that took the batch has given all that it makes of it', async () => {
    const { converter } = setUp();
    const events: string[] = [];
    const named = (name: string): Batch<string> => ({
      data: name,
      rows: 1,
      bytes: 1,
      [Symbol.dispose]: () => {
        events.push(`${name} gone`);
      },
    });
    const run = converter.run(
      [named('a'), named('b')],
      [(given) => given, ({ data }) => named(`${data}2`), (given) => [given]],
    );
    for await (const { data } of run) events.push(`${data} read`);
    expect(events).toEqual(['a gone', 'a2 read', 'a2 gone', 'b gone', 'b2 read', 'b2 gone']);
  });

  it('stays as long as what was made of it when the stage keeps it', async () => {
    const { converter } = setUp();
    let gone = 0;
    const source: Batch<Uint8Array> = {
      data: new Uint8Array(8),
      rows: 8,
      bytes: 8,
      [Symbol.dispose]: () => {
        gone += 1;
      },
    };
    const run = converter.run(
      [source],
      [
        ({ data }, { keep }) => {
          keep();
          return [0, 4].map((at) => ({ data: data.subarray(at, at + 4), rows: 4, bytes: 0 }));
        },
        { concurrency: 2, run: async (given) => Promise.resolve(given) },
      ],
    );
    for await (const { data } of run) expect([data.length, gone]).toEqual([4, 0]);
    expect(gone).toBe(1);
  });

  it('is lent by the pool and given back when what was made with it is done with', async () => {
    using pool = new MemoryPool({ memory: false });
    const { converter } = setUp({ pool });
    const run = converter.run(new CountingSource(20), [
      ({ data }, { allocate }) => {
        const bytes = allocate(10_000);
        bytes.fill(data);
        return { data: bytes, rows: 1, bytes: bytes.byteLength };
      },
      ({ data, bytes, rows }) => ({ data: Uint8Array.from(data.subarray(0, 1)), rows, bytes }),
    ]);
    const first: (number | undefined)[] = [];
    for await (const { data } of run) first.push(data[0]);
    expect(first).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(pool.stats()).toMatchObject({ leased: 0, fresh: 1, reused: 19 });
  });

  it('is given back when the run is given up in the middle', async () => {
    using pool = new MemoryPool({ memory: false });
    const { converter } = setUp({ pool });
    const controller = new AbortController();
    const run = converter.run(
      new CountingSource(9),
      [(_, { allocate }) => ({ data: allocate(5000), rows: 1, bytes: 5000 })],
      { signal: controller.signal },
    );
    const reader = run[Symbol.asyncIterator]();
    const { value } = await reader.next();
    expect(pool.stats().leased).toBe(1);
    controller.abort();
    await settle();
    expect(pool.stats().leased).toBe(0);
    // Kept too long, it is empty, and cannot touch what somebody else was lent.
    expect(value?.data.length).toBe(0);
  });
});

describe('bad input', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [5, '5'],
    [{ rows: 1, bytes: 1 }, 'an object'],
    [{ data: 1, rows: 1 }, 'bytes'],
    [{ data: 1, rows: Number.NaN, bytes: 1 }, 'rows'],
    [{ data: 1, rows: 1, bytes: -1 }, 'bytes'],
    [{ data: 1, rows: 1, bytes: Infinity }, 'bytes'],
    [{ data: 1, rows: 1, bytes: 2 ** 53 + 2 }, 'bytes'],
  ])('of a source that gives %j is refused', async (given, word) => {
    const { converter } = setUp();
    const error = await rejection(converter.run([given] as Batch[], []).drain());
    expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_BATCH' });
    expect(String(error)).toContain('the source');
    expect(String(error)).toContain(word);
  });

  it('of a stage names it', async () => {
    const { converter } = setUp();
    const stage = { name: 'parse', run: () => [5] } as unknown as Stage;
    const error = await rejection(converter.run([batch(1)], [stage]).drain());
    expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_BATCH' });
    expect(String(error)).toContain('parse');
  });

  it.each<[string, unknown[]]>([
    ['source', [5, []]],
    ['source', [null, []]],
    ['stages', [[], 'no']],
    ['stage 1', [[], [5]]],
    ['stage 2', [[], [double, {}]]],
    ['concurrency of slow', [[], [{ name: 'slow', run: double, concurrency: 0 }]]],
    ['ordered', [[], [{ run: double, ordered: 1 }]]],
    ['parallel', [[], [{ run: double, parallel: 2 }]]],
    ['maxBytes', [[], [], { maxBytes: 0 }]],
    ['batchBytes', [[], [], { batchBytes: 'big' }]],
    ['onProgress', [[], [], { onProgress: 1 }]],
    ['split', [[], [], { split: {} }]],
    ['total.rows', [[], [], { total: { rows: -1 } }]],
    ['lines', [[], [], { total: { lines: 1 } }]],
    ['progressInterval', [[], [], { progressInterval: 'often' }]],
    ['budget', [[], [], { budget: 1 }]],
  ])('is refused before anything begins, by name: %s', (word, args) => {
    const { converter } = setUp();
    const call = (): unknown => Reflect.apply(converter.run, converter, args);
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error);
    expect(call).toThrow(word);
  });

  it.each([undefined, {}, { close: () => undefined }, 5])(
    'of a sink is refused, and nothing is read: %s',
    async (sink) => {
      const { converter } = setUp();
      const source = new CountingSource(2);
      const run = converter.run(source, []);
      const error = await rejection(Reflect.apply(run.to, run, [sink]) as Promise<unknown>);
      expect(error).toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
      expect(source.given).toBe(0);
      await expect(run.drain()).resolves.toMatchObject({ read: { batches: 2 } });
    },
  );

  it('of a function that gives no source is refused when it is asked', async () => {
    const { converter } = setUp();
    const run = Reflect.apply(converter.run, converter, [() => 5, []]) as AsyncIterable<Batch>;
    await expect(collected(run)).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_OPTION' });
  });
});
