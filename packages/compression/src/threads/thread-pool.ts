import { aborted, onAbort, throwIfAborted } from '../abort.js';
import type { BlockRunner } from '../columnar/columnar.js';
import type { BlockJob } from '../columnar/job.js';
import { lost, unreadableBlock } from '../errors.js';
import { nextTurn } from '../turn.js';
import type { Thread, ThreadSource } from './thread.js';

interface Waiting {
  readonly job: BlockJob;
  readonly settle: (result: Uint8Array | Error) => void;
}

/**
 * A bounded number of threads that do block jobs, the next one in line when one is done. They are started when there
 * is work for them, keep the process alive only while they work, and end when they have had nothing to do for a while.
 */
export class ThreadPool implements BlockRunner {
  readonly concurrency: number;
  readonly #start: ThreadSource;
  readonly #here: (job: BlockJob) => Uint8Array;
  readonly #waiting: Waiting[] = [];
  readonly #idle: Thread[] = [];
  readonly #threads = new Set<Thread>();

  #unavailable = false;

  /** Without threads jobs are done `here`, on the event loop. */
  constructor(concurrency: number, start: ThreadSource, here: (job: BlockJob) => Uint8Array) {
    this.concurrency = concurrency;
    this.#start = start;
    this.#here = here;
  }

  /** Threads that are there now. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Whether this host could not start a thread. */
  get unavailable(): boolean {
    return this.#unavailable;
  }

  async run(job: BlockJob, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (this.#unavailable) {
      await nextTurn(signal);
      return this.#doneHere(job);
    }
    return new Promise((resolve, reject) => {
      throwIfAborted(signal);
      const waiting: Waiting = {
        job,
        settle(result) {
          stopListening();
          if (result instanceof Error) reject(result);
          else resolve(result);
        },
      };
      // A job that runs is short: it is left to end, and nobody hears of it.
      const stopListening = onAbort(signal, () => {
        const place = this.#waiting.indexOf(waiting);
        if (place >= 0) this.#waiting.splice(place, 1);
        waiting.settle(aborted(signal));
      });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  /** Ends all threads. Jobs that are at work or wait are refused. */
  async close(): Promise<void> {
    for (const waiting of this.#waiting.splice(0)) waiting.settle(lost('the compressor was closed'));
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const thread = this.#idle.pop() ?? this.#started();
    if (thread === undefined) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#rest(thread);
    else this.#work(thread, waiting);
  }

  #started(): Thread | undefined {
    if (this.#threads.size === this.concurrency) return undefined;
    const thread = this.#start();
    this.#threads.add(thread);
    return thread;
  }

  #work(thread: Thread, waiting: Waiting): void {
    const { job, settle } = waiting;
    thread.run(job, (outcome) => {
      if (outcome.kind === 'lost') {
        this.#threads.delete(thread);
        if (outcome.begun) settle(lost('the thread that worked on the data was lost', outcome.cause));
        else this.#doWithout(waiting);
        this.#next();
        return;
      }
      settle(typeof outcome.result === 'string' ? unreadableBlock(outcome.result) : outcome.result);
      this.#rest(thread);
      this.#next();
    });
  }

  /** A thread that never came, as in a program that was bundled without the file of the thread. */
  #doWithout(first: Waiting): void {
    this.#unavailable = true;
    for (const { job, settle } of [first, ...this.#waiting.splice(0)]) {
      try {
        settle(this.#doneHere(job));
      } catch (error) {
        settle(error instanceof Error ? error : unreadableBlock(error));
      }
    }
  }

  #doneHere(job: BlockJob): Uint8Array {
    try {
      return this.#here(job);
    } catch (error) {
      throw unreadableBlock(error);
    }
  }

  #rest(thread: Thread): void {
    this.#idle.push(thread);
    thread.rest(() => void this.#end(thread));
  }

  #end(thread: Thread): Promise<void> {
    this.#threads.delete(thread);
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    return thread.end();
  }
}
