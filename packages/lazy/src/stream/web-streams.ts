import { ReadableStream, type WritableStream } from 'node:stream/web';
import type { Batch } from './batch.js';
import type { ChunkOptions } from './node-streams.js';
import type { SinkObject } from './stream-run.js';

/**
 * A Web `ReadableStream` of the chunks of batches. It reads a batch when it is read itself and keeps none in store, so a
 * chunk may live in pooled memory until the next one is asked for; cancelling it gives the run up.
 */
export function toWebStream<T>(batches: AsyncIterable<Batch<T>>, o: ChunkOptions<T> = {}): ReadableStream {
  const chunk = o.chunk ?? (({ data }: Batch<T>): unknown => data);
  let iterator: AsyncIterator<Batch<T>> | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        iterator ??= batches[Symbol.asyncIterator]();
        const next = await iterator.next();
        if (next.done === true) {
          controller.close();
          return;
        }
        try {
          controller.enqueue(chunk(next.value));
        } catch (error) {
          // A stream that fails by itself is not cancelled.
          await iterator.return?.();
          throw error;
        }
      },
      async cancel() {
        await iterator?.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A sink that writes chunks into a Web `WritableStream`, each when the last one was taken, and closes it with the run. */
export function intoWebStream<T>(writable: WritableStream, o: ChunkOptions<T> = {}): SinkObject<T> {
  const chunk = o.chunk ?? (({ data }: Batch<T>): unknown => data);
  const writer = writable.getWriter();
  // Each write is waited for, and tells of it.
  writer.closed.catch(ignore);
  return {
    write: (batch) => writer.write(chunk(batch)),
    close: () => writer.close(),
    abort: (error) => writer.abort(error),
  };
}

function ignore(): void {
  // Told by the write.
}
