import { Worker } from 'node:worker_threads';
import type { BlockJob } from '../columnar/job.js';
import { builtFile } from './built-file.js';
import type { Answer } from './worker.js';

/**
 * How a job ended: with bytes, with an error, or with the loss of its thread. Its bytes are gone with the thread, unless
 * it never began.
 */
export type Outcome =
  | Exclude<Answer, { kind: 'ready' }>
  | { readonly kind: 'lost'; readonly begun: boolean; readonly cause: unknown };

/** One thread that does one job at a time. */
export interface Thread {
  run(job: BlockJob, done: (outcome: Outcome) => void): void;
  /** Calls back once, unless a job comes first, when there was nothing to do for a while or the thread is gone. */
  rest(expired: () => void): void;
  end(): Promise<void>;
}

/** Starts a thread. */
export type ThreadSource = () => Thread;

/** How long a thread stays without work, in milliseconds. */
const IDLE_MS = 5000;

/** Starts a thread of this host. */
export const startThread: ThreadSource = () => new WorkerThread();

class WorkerThread implements Thread {
  readonly #worker: Worker;
  #ready = false;
  #current: { readonly job: BlockJob; readonly done: (outcome: Outcome) => void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired: () => void = () => undefined;
  #cause: unknown;

  constructor() {
    // Without the flags of the process: loaders and hooks of a program are not for this thread.
    this.#worker = new Worker(builtFile('worker.js'), { execArgv: [], name: 'perf-compression' });
    this.#worker.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') this.#begin();
      else this.#finish(answer);
    });
    this.#worker.on('error', (cause) => {
      this.#cause = cause;
    });
    this.#worker.on('exit', () => {
      this.#expired();
      this.#finish({ kind: 'lost', begun: this.#ready, cause: this.#cause });
    });
    this.#worker.unref();
  }

  run(job: BlockJob, done: (outcome: Outcome) => void): void {
    this.#occupied();
    this.#current = { job, done };
    this.#worker.ref();
    if (this.#ready) this.#post();
  }

  rest(expired: () => void): void {
    this.#occupied();
    this.#expired = expired;
    this.#timer = setTimeout(expired, IDLE_MS).unref();
  }

  async end(): Promise<void> {
    this.#occupied();
    await this.#worker.terminate();
  }

  #occupied(): void {
    clearTimeout(this.#timer);
    this.#expired = () => undefined;
  }

  #begin(): void {
    this.#ready = true;
    this.#post();
  }

  #post(): void {
    if (this.#current === undefined) return;
    const { job } = this.#current;
    const { buffer } = job.bytes;
    this.#worker.postMessage(job, buffer instanceof ArrayBuffer ? [buffer] : []);
  }

  #finish(outcome: Outcome): void {
    const current = this.#current;
    this.#current = undefined;
    this.#worker.unref();
    current?.done(outcome);
  }
}
