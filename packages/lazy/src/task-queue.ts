import { shown } from '@perf/internal/errors';
import { closedError, LazyError, refuseOption } from './errors.js';
import { abortReason } from './signal.js';

/** How one piece of work waits for its turn. */
export interface Turn {
  readonly signal?: AbortSignal | undefined;
  /** Asked whenever a place is free, so that the urgency of waiting work may change. */
  readonly priority: () => number;
}

interface Waiting {
  readonly priority: () => number;
  begin(): Promise<void>;
  refuse(error: Error): void;
}

/** What becomes of work that finds the queue full: an error, or a wait to be let in, in the order of coming. */
export type WhenFull = 'refuse' | 'wait';

/** Bounded work: so many at once, so many waiting, the most urgent first, equals in the order they came. */
export class TaskQueue {
  readonly #what: string;
  readonly #concurrency: number;
  readonly #maxQueue: number;
  readonly #whenFull: WhenFull;
  readonly #waiting: Waiting[] = [];
  // Who waits to be let into the queue, in the order of coming.
  readonly #outside: Waiting[] = [];
  #running = 0;
  #pumping = false;
  #closed = false;
  #drained: (() => void)[] = [];

  constructor(o: { what: string; concurrency: number; maxQueue: number; whenFull?: WhenFull }) {
    this.#what = o.what;
    this.#concurrency = o.concurrency;
    this.#maxQueue = o.maxQueue;
    this.#whenFull = o.whenFull ?? 'refuse';
  }

  /** Those that wait for their turn, or to be let in. */
  get waiting(): number {
    return this.#waiting.length + this.#outside.length;
  }

  get running(): number {
    return this.#running;
  }

  /**
   * Calls `work` when its turn has come, never before this method has returned. An abort takes it out of the queue;
   * once begun it holds its place until it settles, whatever its signal says.
   */
  run<R>(work: () => Promise<R>, { signal, priority }: Turn): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const refusal = this.#refusal(signal);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const leave = (): void => {
        this.#remove(entry);
        if (signal !== undefined) reject(abortReason(signal));
      };
      const entry: Waiting = {
        priority,
        begin() {
          signal?.removeEventListener('abort', leave);
          return work().then(resolve, reject);
        },
        refuse(error) {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      (this.#hasRoom ? this.#waiting : this.#outside).push(entry);
      this.#pumpSoon();
    });
  }

  /** Refuses what waits and what comes later; resolves when what runs has ended. */
  close(): Promise<void> {
    this.#closed = true;
    const turnedAway = [...this.#waiting.splice(0), ...this.#outside.splice(0)];
    for (const entry of turnedAway) entry.refuse(closedError(this.#what));
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  #refusal(signal: AbortSignal | undefined): Error | undefined {
    if (this.#closed) return closedError(this.#what);
    if (signal?.aborted === true) return abortReason(signal);
    if (this.#whenFull === 'wait' || this.#hasRoom) return undefined;
    return new LazyError(
      'ERR_PERF_LAZY_QUEUE_FULL',
      `${this.#what} has no room: ${String(this.#running)} running, ${String(this.#waiting.length)} waiting, maxQueue is ${String(this.#maxQueue)}`,
    );
  }

  get #hasRoom(): boolean {
    const free = Math.max(0, this.#concurrency - this.#running);
    return this.#waiting.length < this.#maxQueue + free;
  }

  #remove(entry: Waiting): void {
    for (const list of [this.#waiting, this.#outside]) {
      const index = list.indexOf(entry);
      if (index >= 0) list.splice(index, 1);
    }
    this.#letIn();
  }

  #letIn(): void {
    while (this.#outside.length > 0 && this.#hasRoom) this.#waiting.push(...this.#outside.splice(0, 1));
  }

  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      while (this.#running < this.#concurrency && this.#waiting.length > 0) this.#beginNext();
    });
  }

  #beginNext(): void {
    const [entry] = this.#waiting.splice(this.#mostUrgent(), 1);
    if (entry === undefined) return;
    this.#running += 1;
    this.#letIn();
    void entry.begin().then(() => {
      this.#running -= 1;
      this.#letIn();
      if (this.#waiting.length > 0) this.#pumpSoon();
      if (this.#running === 0) for (const resolve of this.#drained.splice(0)) resolve();
    });
  }

  #mostUrgent(): number {
    let best = 0;
    let highest = -Infinity;
    for (const [index, entry] of this.#waiting.entries()) {
      const priority = entry.priority();
      if (priority > highest) [best, highest] = [index, priority];
    }
    return best;
  }
}

/** Reads a priority: any number but NaN. */
export function parsePriority(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw refuseOption(`priority must be a number, higher first; given ${shown(value)}`);
}
