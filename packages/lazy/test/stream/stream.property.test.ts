import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger, MemoryPool, StreamingConverter, type Batch, type Stage } from '../../src/index.js';
import { settle } from '../fixtures/deferred.js';
import { collected } from '../fixtures/stream.js';

/** What one stage of a random pipeline does. */
interface Shape {
  readonly fan: number;
  readonly concurrency: number;
  readonly turns: number;
  readonly keep: boolean;
  readonly pooled: boolean;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  fan: fc.integer({ min: 0, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  turns: fc.nat(3),
  keep: fc.boolean(),
  pooled: fc.boolean(),
});

const BYTES = 100;

function stageOf({ fan, concurrency, turns, keep, pooled }: Shape): Stage<number, number> {
  return {
    concurrency,
    async run({ data }, context) {
      for (let turn = 0; turn < turns * (1 + (data % 3)); turn += 1) await Promise.resolve();
      if (keep) context.keep();
      if (pooled) context.allocate(BYTES).fill(1);
      return Array.from({ length: fan }, (_, index) => ({ data: 4 * data + index, rows: 1, bytes: BYTES }));
    },
  };
}

/** What the pipeline must give, by arrays. */
function expected(count: number, shapes: readonly Shape[]): number[] {
  return shapes.reduce<number[]>(
    (given, { fan }) => given.flatMap((data) => Array.from({ length: fan }, (_, index) => 4 * data + index)),
    Array.from({ length: count }, (_, index) => index),
  );
}

/** Makes batches, and counts those that were not disposed of. */
class Live {
  count = 0;

  batch(data: number): Batch<number> {
    this.count += 1;
    return {
      data,
      rows: 1,
      bytes: BYTES,
      [Symbol.dispose]: () => {
        this.count -= 1;
      },
    };
  }
}

describe('any pipeline', () => {
  it('gives what the same stages give over arrays, within its budget, and holds nothing in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), fc.array(shape, { maxLength: 3 }), async (count, shapes) => {
        const ledger = new Ledger();
        using pool = new MemoryPool({ memory: false });
        const maxBytes = 100 * BYTES;
        const converter = new StreamingConverter({
          memory: false,
          ledger,
          pool,
          maxBytes,
          batchBytes: BYTES,
        });
        const live = new Live();
        function* source(): Generator<Batch<number>> {
          for (let data = 0; data < count; data += 1) yield live.batch(data);
        }
        const run = converter.run(source(), shapes.map(stageOf));
        expect(await collected(run)).toEqual(expected(count, shapes));
        await settle();
        expect(run.stats()).toMatchObject({ heldBytes: 0, overruns: 0 });
        expect(run.stats().peakBytes).toBeLessThanOrEqual(maxBytes);
        expect([live.count, ledger.bytes, ledger.entries().length, pool.stats().leased]).toEqual([
          0, 0, 0, 0,
        ]);
      }),
    );
  });

  it('releases everything wherever it is given up: by its signal, its reader, a stage or its source', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('signal', 'reader', 'stage', 'source'),
        fc.nat(20),
        async (shapes, how, when) => {
          const ledger = new Ledger();
          using pool = new MemoryPool({ memory: false });
          const converter = new StreamingConverter({ memory: false, ledger, pool });
          const controller = new AbortController();
          const live = new Live();
          let closed = false;
          function* source(): Generator<Batch<number>> {
            try {
              for (let data = 0; data < 30; data += 1) {
                if (how === 'source' && data === when) throw new Error('source');
                yield live.batch(data);
              }
            } finally {
              closed = true;
            }
          }
          const failing: Stage<number, number> = {
            run: (given) => {
              if (how === 'stage' && given.data >= when) throw new Error('stage');
              return given;
            },
          };
          const stages = [failing, ...shapes.map(stageOf)];
          const run = converter.run(source(), stages, { signal: controller.signal });
          let read = 0;
          const reading = (async () => {
            for await (const each of run) {
              read += each.rows;
              if (how === 'reader' && read > when) break;
            }
          })();
          const ended = reading.then(
            () => 'ended',
            () => 'failed',
          );
          if (how === 'signal') {
            for (let turn = 0; turn < 3 * when; turn += 1) await Promise.resolve();
            controller.abort();
          }
          await ended;
          for (let turn = 0; turn < 4; turn += 1) await settle();
          expect([live.count, ledger.bytes, ledger.entries().length, pool.stats().leased]).toEqual([
            0, 0, 0, 0,
          ]);
          // A generator that was never started has nothing to close.
          if (run.stats().read.batches > 0) expect(closed).toBe(true);
        },
      ),
    );
  });
});
