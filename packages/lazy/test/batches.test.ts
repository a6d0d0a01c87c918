import { describe, expect, it } from 'vitest';
import {
  LazyLoadingManager,
  StreamingConverter,
  type Batch,
  type Convertible,
  type LazyConverter,
} from '../src/index.js';
import { ControlledAdapter } from './fixtures/adapter.js';
import { deferred, outcomeOf, settle } from './fixtures/deferred.js';
import { batch, collected, rejection } from './fixtures/stream.js';

function setUp() {
  return new LazyLoadingManager({ memory: false });
}

/** Streams numbers up to the request, and says what became of it. */
class StreamingAdapter implements Convertible<number[], number> {
  opened = 0;
  given = 0;
  closed = 0;
  signal: AbortSignal | undefined;

  convert(count: number): number[] {
    return Array.from({ length: count }, (_, index) => index);
  }

  async *stream(count: number, o: { signal?: AbortSignal } = {}): AsyncGenerator<Batch<number>> {
    this.opened += 1;
    this.signal = o.signal;
    try {
      for (let data = 0; data < count; data += 1) {
        await Promise.resolve();
        this.given += 1;
        yield batch(data, 8);
      }
    } finally {
      this.closed += 1;
    }
  }
}

describe('iterating over a LazyConverter', () => {
  it('streams it by the adapter, batch by batch as it is read, and keeps nothing', async () => {
    const adapter = new StreamingAdapter();
    const lazy = setUp().createLazyConverter(adapter, 4);
    const found: unknown[] = [];
    for await (const { data } of lazy) {
      found.push(data);
      expect(adapter.given).toBe(found.length);
    }
    expect(found).toEqual([0, 1, 2, 3]);
    expect(lazy.state).toMatchObject({ status: 'idle', bytes: 0, accesses: 1, attempts: 0 });
    expect(adapter).toMatchObject({ opened: 1, closed: 1 });
  });

  it('asks nothing before the first batch is asked for', async () => {
    const adapter = new StreamingAdapter();
    setUp().createLazyConverter(adapter, 4).batches();
    await settle();
    expect(adapter.opened).toBe(0);
  });

  it('takes the whole, cut as it was told, when that is held', async () => {
    const adapter = new StreamingAdapter();
    const lazy = setUp().createLazyConverter(adapter, 4, {
      cut: (value) => [0, 2].map((at) => ({ data: value.slice(at, at + 2), rows: 2, bytes: 16 })),
    });
    await lazy.load();
    await expect(collected(lazy.batches())).resolves.toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(adapter.opened).toBe(0);
  });

  it('loads the whole when the adapter cannot stream, gives it as one batch, and keeps it in use meanwhile', async () => {
    const manager = setUp();
    const lazy = manager.createLazyConverter({ convert: (n: number) => new Float64Array(n) }, 3);
    for await (const each of lazy) {
      expect(each).toEqual({ data: new Float64Array(3), rows: 3, bytes: 24 });
      expect(manager.cleanup()).toBe(0);
    }
    expect(lazy.state).toMatchObject({ status: 'loaded', accesses: 1 });
  });

  it('of a mapped converter gives what it maps to', async () => {
    const lazy = setUp().createLazyConverter(new StreamingAdapter(), 3);
    await expect(collected(lazy.map((all) => all.length).batches())).resolves.toEqual([3]);
  });

  it('is a source for stages', async () => {
    const lazy = setUp().createLazyConverter(new StreamingAdapter(), 3);
    const run = new StreamingConverter({ memory: false }).run(lazy, [
      ({ data, bytes, rows }) => ({ data: [data], bytes, rows }),
    ]);
    await expect(collected(run)).resolves.toEqual([[0], [1], [2]]);
  });

  it('passes on what the adapter throws, and can be tried again', async () => {
    let attempts = 0;
    const lazy = setUp().createLazyConverter(
      {
        convert: () => 0,
        async *stream() {
          await Promise.resolve();
          attempts += 1;
          if (attempts === 1) throw new Error('not now');
          yield batch(1);
        },
      },
      0,
    );
    await expect(collected(lazy.batches())).rejects.toThrow('not now');
    await expect(collected(lazy.batches())).resolves.toEqual([1]);
  });

  it('that is left early lets go of the adapter', async () => {
    const adapter = new StreamingAdapter();
    for await (const { data } of setUp().createLazyConverter(adapter, 100)) if (data === 1) break;
    expect(adapter).toMatchObject({ given: 2, closed: 1 });
    expect(adapter.signal?.aborted).toBe(true);
  });
});

describe('a stream of a LazyConverter', () => {
  /** An adapter that streams one batch and then waits for ever. */
  function stuck() {
    const seen: { signal?: AbortSignal | undefined } = {};
    const adapter: Convertible<number, number> = {
      convert: () => 0,
      async *stream(_, o) {
        seen.signal = o?.signal;
        yield batch(1);
        await new Promise(() => undefined);
      },
    };
    return { adapter, seen };
  }

  it.each<[string, (manager: LazyLoadingManager, lazy: LazyConverter<number>) => unknown, string]>([
    ['cancel', (manager, lazy) => manager.cancel(lazy), 'ERR_PERF_LAZY_CANCELLED'],
    [
      'close of the converter',
      (_, lazy) => {
        lazy.close();
      },
      'ERR_PERF_LAZY_CLOSED',
    ],
    ['close of the manager', (manager) => manager.close(), 'ERR_PERF_LAZY_CLOSED'],
  ])('is ended by %s', async (_, end, code) => {
    const manager = setUp();
    const { adapter, seen } = stuck();
    const lazy = manager.createLazyConverter(adapter, 0);
    const failed = rejection(collected(lazy.batches()));
    await settle();
    await end(manager, lazy);
    await expect(failed).resolves.toMatchObject({ code });
    expect(seen.signal?.aborted).toBe(true);
  });

  it("is ended by its caller's signal, at once", async () => {
    const { adapter } = stuck();
    const controller = new AbortController();
    const reason = new Error('bored');
    const reading = outcomeOf(
      collected(setUp().createLazyConverter(adapter, 0).batches({ signal: controller.signal })),
    );
    await settle();
    controller.abort(reason);
    await settle();
    expect(reading.now).toEqual({ error: reason });
  });

  it('waits for a load that is under way already, and is told of its failure', async () => {
    const adapter = new ControlledAdapter<string>(1);
    const lazy = setUp().createLazyConverter(adapter, 0);
    const loading = rejection(lazy.load());
    const reading = rejection(collected(lazy.batches()));
    await settle();
    const failure = new Error('no');
    expect(adapter.calls).toHaveLength(1);
    adapter.last.reject(failure);
    await expect(loading).resolves.toBe(failure);
    await expect(reading).resolves.toBe(failure);
  });

  it('refuses a closed converter', async () => {
    const lazy = setUp().createLazyConverter(new StreamingAdapter(), 1);
    const before = lazy.batches();
    lazy.close();
    expect(() => lazy.batches()).toThrow('closed');
    await expect(collected(before)).rejects.toMatchObject({ code: 'ERR_PERF_LAZY_CLOSED' });
  });

  it('runs beside loads, and takes none of their places', async () => {
    const manager = new LazyLoadingManager({ memory: false, concurrency: 1 });
    const gate = deferred<number>();
    const busy = manager.createLazyConverter({ convert: () => gate.promise }, 0).load();
    await expect(
      collected(manager.createLazyConverter(new StreamingAdapter(), 2).batches()),
    ).resolves.toEqual([0, 1]);
    gate.resolve(1);
    await busy;
  });
});
