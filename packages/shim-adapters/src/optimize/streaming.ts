import type { Clock } from '@perf/internal/clock';
import type { Batch, StreamOptions } from '../adapter.js';
import { ConversionError } from '../errors.js';
import type { AdapterRegistry } from '../registry.js';
import type { AnyRequest } from '../request.js';
import { convertChannel } from './events.js';

/** Streams of one converter: each is told of on the channel when it ends, and ends when the converter is closed. */
export class Streaming {
  readonly #registry: AdapterRegistry;
  readonly #clock: Clock;
  readonly #running = new Set<AbortController>();
  #closed = false;

  constructor(registry: AdapterRegistry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** @param route what to call the way in events */
  async *run(request: AnyRequest, options: StreamOptions, route: string): AsyncGenerator<Batch, void> {
    const { signal } = options;
    const controller = new AbortController();
    const stop = (): void => {
      controller.abort(signal?.reason);
    };
    this.#running.add(controller);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    const started = this.#clock.now();
    const seen = { rows: 0, bytes: 0 };
    try {
      const batches: AsyncIterable<Batch> = this.#registry.stream(request, {
        ...options,
        signal: controller.signal,
      });
      for await (const batch of batches) {
        seen.rows += batch.rows;
        seen.bytes += batch.bytes;
        yield batch;
        if (this.#closed) throw closedError();
      }
    } catch (error) {
      throw this.#closed ? closedError() : error;
    } finally {
      this.#running.delete(controller);
      signal?.removeEventListener('abort', stop);
      const durationMs = this.#clock.now() - started;
      convertChannel.publish(() => ({
        route,
        from: request.from,
        to: request.to,
        bytes: seen.bytes,
        rows: seen.rows,
        durationMs,
        strategy: 'streaming',
        reason: 'a stream was asked for',
        cacheHit: false,
        spans: { key: 0, cache: 0, plan: 0, thread: 0, convert: durationMs, total: durationMs },
      }));
    }
  }

  close(): void {
    this.#closed = true;
    for (const controller of this.#running) controller.abort(closedError());
  }
}

/** The error of a converter that is asked for more after its end. */
export function closedError(): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_CLOSED',
    'the converter is closed; make a new one with optimize()',
  );
}
