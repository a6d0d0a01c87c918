import { BenchmarkError } from './errors.js';
import type { GcWatch, Instruments } from './ports.js';
import type { Random } from './random.js';
import type { Timer } from './timer.js';

/** The event loop is not held longer than this by functions that are themselves short. */
const HOLD_MS = 20;

/** One run of `measure` or `compare`: how much of its budget is gone, whether it was called off, when to let others in. */
export class Session {
  readonly instruments: Instruments;
  readonly timer: Timer;
  readonly random: Random;
  readonly budgetMs: number;
  readonly gc: GcWatch;
  readonly #signal: AbortSignal | undefined;
  readonly #beganAt: number;
  #breathedAt: number;

  constructor(o: {
    instruments: Instruments;
    timer: Timer;
    random: Random;
    budgetMs: number;
    signal: AbortSignal | undefined;
  }) {
    throwIfAborted(o.signal);
    this.instruments = o.instruments;
    this.timer = o.timer;
    this.random = o.random;
    this.budgetMs = o.budgetMs;
    this.#signal = o.signal;
    this.gc = o.instruments.gc.watch();
    this.#beganAt = o.instruments.clock.now();
    this.#breathedAt = this.#beganAt;
  }

  get elapsedMs(): number {
    return this.instruments.clock.now() - this.#beganAt;
  }

  /** Whether `breathe` is due. Asked between samples, so that a run of synchronous samples costs no promise each. */
  get mustBreathe(): boolean {
    const held = this.instruments.clock.now() - this.#breathedAt;
    return !(held < HOLD_MS) || this.#signal?.aborted === true;
  }

  /** Ends the run when it was called off, and lets the event loop turn once. */
  async breathe(): Promise<void> {
    throwIfAborted(this.#signal);
    await this.instruments.pause();
    throwIfAborted(this.#signal);
    this.#breathedAt = this.instruments.clock.now();
  }

  close(): void {
    this.gc.close();
  }
}

/** Rejects as soon as the signal is aborted, whatever the work does: an operation that never settles holds nobody. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  throwIfAborted(signal);
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(abortion(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortion(signal);
}

function abortion(signal: AbortSignal): BenchmarkError {
  return new BenchmarkError('ERR_PERF_BENCHMARK_ABORTED', 'the run was aborted by its signal', {
    cause: signal.reason,
  });
}
