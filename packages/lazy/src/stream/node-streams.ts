import { Readable, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { shown } from '@perf/internal/errors';
import { LazyError } from '../errors.js';
import type { Batch } from './batch.js';
import type { SinkObject } from './stream-run.js';

/** How batches become chunks. */
export interface ChunkOptions<T> {
  /** What is written of a batch. Default: its `data`. */
  readonly chunk?: ((batch: Batch<T>) => unknown) | undefined;
}

/**
 * A Node `Readable` of the chunks of batches, in object mode. It reads a batch when it is read itself and keeps none in
 * store; destroying it gives the run up. A chunk that lives in pooled memory must be copied by `chunk`: a Node stream
 * asks for the next one before it is done with the last.
 */
export function toNodeStream<T>(batches: AsyncIterable<Batch<T>>, o: ChunkOptions<T> = {}): Readable {
  const chunk = o.chunk ?? dataOf;
  let iterator: AsyncIterator<Batch<T>> | undefined;
  return new Readable({
    objectMode: true,
    highWaterMark: 0,
    read() {
      iterator ??= batches[Symbol.asyncIterator]();
      iterator
        .next()
        .then((next) => {
          this.push(next.done === true ? null : present(chunk(next.value)));
        })
        .catch((error: unknown) => {
          this.destroy(asError(error));
        });
    },
    destroy(error, done) {
      Promise.resolve(iterator?.return?.()).then(
        () => {
          done(error);
        },
        (failure: unknown) => {
          done(error ?? asError(failure));
        },
      );
    },
  });
}

/** A sink that writes chunks into a Node `Writable`, each when the last one was taken, and ends it with the run. */
export function intoNodeStream<T>(writable: Writable, o: ChunkOptions<T> = {}): SinkObject<T> {
  const chunk = o.chunk ?? dataOf;
  // Each failure is told by the write, or the close, that it befalls; without a listener it would end the process.
  writable.on('error', ignore);
  return {
    write: (batch) =>
      new Promise<void>((resolve, reject) => {
        const data = chunk(batch);
        // A stream that is destroyed while it writes may forget to call back.
        const closed = (): void => {
          reject(writable.errored ?? new Error('the stream was closed before everything was written'));
        };
        writable.once('close', closed);
        writable.write(data, (error) => {
          writable.removeListener('close', closed);
          if (error) reject(error);
          else resolve();
        });
      }),
    async close() {
      writable.end();
      await finished(writable, { readable: false });
    },
    abort(error) {
      writable.destroy(asError(error));
    },
  };
}

function dataOf({ data }: Batch): unknown {
  return data;
}

/** A Node stream takes `null` for its end, and `undefined` for nothing. */
function present(chunk: unknown): unknown {
  if (chunk !== null && chunk !== undefined) return chunk;
  throw new LazyError(
    'ERR_PERF_LAZY_BATCH',
    `a chunk of a Node stream cannot be ${shown(chunk)}: give the option chunk, or drop the batch in a stage`,
  );
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('the run failed', { cause: thrown });
}

function ignore(): void {
  // Told by the run.
}
