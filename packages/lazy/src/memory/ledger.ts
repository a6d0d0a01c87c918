import { formatBytes } from '@perf/internal/bytes';
import { shown } from '@perf/internal/errors';
import { closedError, refuseOption } from '../errors.js';
import { isSize } from '../size.js';

/** What one holder has on the books. */
export interface LedgerEntry {
  /** Who holds it. */
  readonly name: string;
  /** Bytes held now. */
  readonly bytes: number;
  /** The most it ever held. */
  readonly peakBytes: number;
}

/** Where one holder writes down what it takes and gives back. Opened by a `Ledger`. */
export class LedgerAccount {
  readonly name: string;
  readonly #moved: (by: number) => void;
  readonly #left: () => void;
  #bytes = 0;
  #peakBytes = 0;
  #closed = false;

  /**
   * Opened by `Ledger.open`; not to be constructed by hand.
   * @internal
   */
  constructor(name: string, moved: (by: number) => void, left: () => void) {
    this.name = name;
    this.#moved = moved;
    this.#left = left;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Writes down that so many bytes more are held. */
  take(bytes: number): void {
    if (this.#closed) throw closedError(`ledger account ${shown(this.name)}`);
    this.#move(checked(bytes));
  }

  /**
   * Writes down that so many bytes are held no more. Giving back more than was taken is a mistake of the holder.
   * @throws `LazyError` `ERR_PERF_LAZY_OPTION`
   */
  give(bytes: number): void {
    if (checked(bytes) > this.#bytes) {
      throw refuseOption(
        `${shown(this.name)} holds ${formatBytes(this.#bytes)} and cannot give back ${formatBytes(bytes)}`,
      );
    }
    this.#move(-bytes);
  }

  /** Writes down what is held now, whatever it was before. */
  set(bytes: number): void {
    if (this.#closed) throw closedError(`ledger account ${shown(this.name)}`);
    this.#move(checked(bytes) - this.#bytes);
  }

  /** Gives everything back and leaves the ledger. Again: does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#move(-this.#bytes);
    this.#closed = true;
    this.#left();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #move(by: number): void {
    this.#bytes += by;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    this.#moved(by);
  }
}

/**
 * The bytes that the parts of this library hold, as they write them down themselves: loaded values, batches under way,
 * pooled buffers. Pass one ledger to all of them, and to the `MemoryMonitor` that is to tell of it. It adds numbers and
 * measures nothing: about 10 ns for each entry.
 */
export class Ledger {
  readonly #accounts = new Set<LedgerAccount>();
  #bytes = 0;
  #peakBytes = 0;

  /** Bytes held now, by all accounts. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The most that was ever held at once. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** A new account. Names need not be unique. */
  open(name: string): LedgerAccount {
    const account = new LedgerAccount(
      name,
      (by) => {
        this.#bytes += by;
        this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
      },
      () => this.#accounts.delete(account),
    );
    this.#accounts.add(account);
    return account;
  }

  /** A frozen snapshot of every open account, the heaviest first. */
  entries(): readonly LedgerEntry[] {
    const entries = [...this.#accounts].map(({ name, bytes, peakBytes }) =>
      Object.freeze({ name, bytes, peakBytes }),
    );
    return Object.freeze(entries.sort((a, b) => b.bytes - a.bytes));
  }
}

function checked(bytes: number): number {
  if (isSize(bytes)) return bytes;
  throw refuseOption(`bytes must be a finite number of at least 0; given ${shown(bytes)}`);
}
