import { abortReason } from '../signal.js';

interface Waiter {
  readonly size: number;
  admit(): void;
  refuse(error: Error): void;
}

/** Those who wait for room, served in the order of coming: a large request is not passed by small ones for ever. */
export class WaitingLine {
  readonly #waiters: Waiter[] = [];
  readonly #fits: (size: number) => boolean;

  constructor(fits: (size: number) => boolean) {
    this.#fits = fits;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /** Waits for so many bytes, then takes them; leaves with the signal's reason. */
  async join<T>(size: number, signal: AbortSignal | undefined, take: () => T): Promise<T> {
    let leave: (() => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const waiter: Waiter = {
          size,
          admit() {
            // A failure of taking is the waiter's as well.
            resolve(
              new Promise((taken) => {
                taken(take());
              }),
            );
          },
          refuse: reject,
        };
        this.#waiters.push(waiter);
        if (signal === undefined) return;
        leave = () => {
          this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
          reject(abortReason(signal));
          this.admit();
        };
        signal.addEventListener('abort', leave, { once: true });
      });
    } finally {
      if (leave !== undefined) signal?.removeEventListener('abort', leave);
    }
  }

  /** Serves whoever has room by now. */
  admit(): void {
    for (let [next] = this.#waiters; next !== undefined && this.#fits(next.size); [next] = this.#waiters) {
      this.#waiters.shift();
      next.admit();
    }
  }

  /** Turns everybody away. */
  refuse(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
  }
}
