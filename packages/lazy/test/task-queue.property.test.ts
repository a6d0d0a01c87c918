import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LazyError } from '../src/index.js';
import { TaskQueue } from '../src/task-queue.js';
import { deferred, outcomeOf, settle, type Deferred } from './fixtures/deferred.js';

describe('TaskQueue, whatever is asked of it', () => {
  it('keeps its bounds, runs the most urgent first, and settles everything exactly once', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('run' as const), priority: fc.integer({ min: -2, max: 2 }) }),
      fc.record({ do: fc.constant('end' as const), which: fc.nat(), fails: fc.boolean() }),
      fc.record({ do: fc.constant('abort' as const), which: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        fc.array(step, { maxLength: 40 }),
        async (concurrency, maxQueue, steps) => {
          const queue = new TaskQueue({ what: 'the queue', concurrency, maxQueue });
          const running: { id: number; gate: Deferred<number> }[] = [];
          let waiting: { id: number; priority: number; abort: AbortController }[] = [];
          const outcomes: ReturnType<typeof outcomeOf<number>>[] = [];
          let refused = 0;
          for (const current of steps) {
            if (current.do === 'run') {
              const id = outcomes.length;
              const abort = new AbortController();
              const before = new Set(running.map((r) => r.id));
              const outcome = outcomeOf(
                queue.run(
                  () => {
                    const gate = deferred<number>();
                    running.push({ id, gate });
                    return gate.promise;
                  },
                  { priority: () => current.priority, signal: abort.signal },
                ),
              );
              outcomes.push(outcome);
              if (before.size + waiting.length >= concurrency + maxQueue) refused += 1;
              else waiting.push({ id, priority: current.priority, abort });
            } else if (current.do === 'end' && running.length > 0) {
              const [ended] = running.splice(current.which % running.length, 1);
              if (current.fails) ended?.gate.reject(new Error('failed'));
              else ended?.gate.resolve(ended.id);
            } else if (current.do === 'abort' && waiting.length > 0) {
              const [left] = waiting.splice(current.which % waiting.length, 1);
              left?.abort.abort();
            }
            await settle();
            // Whatever began since must have been the most urgent of those who waited, the oldest among equals.
            const started = running.filter((r) => waiting.some((w) => w.id === r.id));
            for (const { id } of started) {
              const [best] = [...waiting].sort((a, b) => b.priority - a.priority || a.id - b.id);
              expect(id).toBe(best?.id);
              waiting = waiting.filter((w) => w.id !== id);
            }
            expect(queue.running).toBe(running.length);
            expect(queue.waiting).toBe(waiting.length);
            expect(running.length).toBeLessThanOrEqual(concurrency);
            expect(waiting.length === 0 || running.length === concurrency).toBe(true);
          }
          const full = outcomes.filter(({ now }) => now !== 'pending' && 'error' in now && isFull(now.error));
          expect(full).toHaveLength(refused);
          expect(outcomes.filter((o) => o.now === 'pending')).toHaveLength(running.length + waiting.length);
        },
      ),
      { numRuns: 150 },
    );
  });
});

function isFull(error: unknown): boolean {
  return error instanceof LazyError && error.code === 'ERR_PERF_LAZY_QUEUE_FULL';
}
