import { aborted, onAbort } from './abort.js';
import { CompressionError } from './errors.js';

export interface QueueState {
  readonly running: number;
  readonly queued: number;
}

interface Waiting {
  start(): void;
  refuse(error: CompressionError): void;
}

/** Runs a bounded number of jobs at once; the others begin in the order in which they were asked for. */
export class JobQueue implements QueueState {
  readonly #concurrency: number;
  readonly #maxQueue: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #closed: Promise<void> | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(concurrency: number, maxQueue: number) {
    this.#concurrency = concurrency;
    this.#maxQueue = maxQueue;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Runs the job in its turn. Raises `ABORTED`, `QUEUE_FULL` or `CLOSED` if its turn does not come. */
  async run<R>(job: () => Promise<R>, signal: AbortSignal | undefined): Promise<R> {
    await this.#turn(signal);
    try {
      return await job();
    } finally {
      this.#next();
    }
  }

  /** Refuses what waits and what comes; fulfilled when what runs has ended. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#whenIdle = resolve;
      for (const waiting of this.#waiting.splice(0)) waiting.refuse(closed());
      if (this.#running === 0) resolve();
    });
    return this.#closed;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.closed) throw closed();
    if (this.#running < this.#concurrency) {
      this.#running += 1;
      return undefined;
    }
    if (this.#waiting.length >= this.#maxQueue) {
      throw new CompressionError(
        'ERR_PERF_COMPRESSION_QUEUE_FULL',
        `${String(this.#waiting.length)} calls are waiting already, the most that maxQueue allows`,
      );
    }
    return this.#wait(signal);
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start() {
          stopListening();
          resolve();
        },
        refuse(error) {
          stopListening();
          reject(error);
        },
      };
      const stopListening = onAbort(signal, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.refuse(aborted(signal));
      });
      this.#waiting.push(waiting);
    });
  }

  /** Passes the place on to the job that waited longest, so that no newcomer can slip in between. */
  #next(): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.start();
      return;
    }
    this.#running -= 1;
    if (this.#running === 0) this.#whenIdle?.();
  }
}

export function closed(): CompressionError {
  return new CompressionError('ERR_PERF_COMPRESSION_CLOSED', 'the compressor is closed');
}
