import { abortReason, throwIfAborted } from './signal.js';

/** How one caller waits: it may leave by its own signal, and says how urgent it is. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
  readonly priority: () => number;
}

/** Told exactly one of these, before any caller is. */
export interface Outcome<T> {
  landed(value: T): void;
  failed(error: unknown): void;
  cancelled(): void;
}

interface Caller<T> {
  readonly priority: () => number;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * One piece of work that any number of callers wait for. Each leaves by its own signal without disturbing the rest;
 * the work's own signal aborts when the last has left, or by `cancel`. After that whatever it still brings is dropped.
 */
export class Flight<T> {
  readonly #controller = new AbortController();
  readonly #callers = new Set<Caller<T>>();
  readonly #outcome: Outcome<T>;
  #over = false;

  constructor(work: (signal: AbortSignal) => Promise<T>, outcome: Outcome<T>) {
    this.#outcome = outcome;
    work(this.#controller.signal).then(
      (value) => {
        if (this.#over) return;
        this.#over = true;
        outcome.landed(value);
        for (const caller of this.#callers) caller.resolve(value);
      },
      (error: unknown) => {
        if (this.#over) return;
        this.#over = true;
        outcome.failed(error);
        for (const caller of this.#callers) caller.reject(error);
      },
    );
  }

  /** As urgent as the most urgent of those who wait now. */
  priority(): number {
    let highest = -Infinity;
    for (const caller of this.#callers) highest = Math.max(highest, caller.priority());
    return highest;
  }

  async join({ signal, priority }: Waiting): Promise<T> {
    throwIfAborted(signal);
    let leave: (() => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const caller: Caller<T> = { priority, resolve, reject };
        this.#callers.add(caller);
        if (signal === undefined) return;
        leave = () => {
          this.#callers.delete(caller);
          const reason = abortReason(signal);
          reject(reason);
          if (this.#callers.size === 0) this.cancel(reason);
        };
        signal.addEventListener('abort', leave, { once: true });
      });
    } finally {
      if (leave !== undefined) signal?.removeEventListener('abort', leave);
    }
  }

  /** Ends it for everybody: the work's signal aborts and all who wait are rejected with `reason`. */
  cancel(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    // The owner forgets this flight first, so that an abort listener that loads again starts a new one.
    this.#outcome.cancelled();
    for (const caller of this.#callers) caller.reject(reason);
    this.#controller.abort(reason);
  }
}
