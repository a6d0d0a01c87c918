import { formatBytes } from '@perf/internal/bytes';
import { shown } from '@perf/internal/errors';
import type { MemoryPressure } from '@perf/internal/memory/reading';
import { refuseUnknown } from '@perf/internal/options';
import { closedError, LazyError, refuseOption } from '../errors.js';
import { throwIfAborted } from '../signal.js';
import { requireBytes } from '../size.js';
import { detached } from './detachment.js';
import { freshBuffer } from './fresh.js';
import { IdleBuffers } from './idle-buffers.js';
import type { LedgerAccount } from './ledger.js';
import { PoolScope } from './pool-scope.js';
import {
  parseFlag,
  resolvePoolOptions,
  type MemoryPoolOptions,
  type ResolvedPoolOptions,
} from './pool-options.js';
import { PooledBuffer, type TakeBack } from './pooled-buffer.js';
import { listenTo, pressureOf } from './scarcity.js';
import { sizeClass } from './size-class.js';
import { WaitingLine } from './waiting-line.js';

/** How one buffer is asked for. */
export interface AcquireOptions {
  /** Whether its memory is zeroed. Default: the pool's own `zero`. */
  readonly zero?: boolean | undefined;
}

/** How one buffer is waited for. */
export interface AcquireWaitOptions extends AcquireOptions {
  /** Stops waiting, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A frozen snapshot of a pool. The first seven tell of now, the rest counts since the start. */
export interface MemoryPoolStatistics {
  /** Buffers on loan, and the bytes of their size classes. */
  readonly leased: number;
  readonly leasedBytes: number;
  /** Buffers that wait to be used again. */
  readonly idle: number;
  readonly idleBytes: number;
  /** The bound on both together, and the most that they ever were. */
  readonly maxBytes: number;
  readonly peakBytes: number;
  /** Callers of `acquireAsync` that wait. */
  readonly waiting: number;
  /** Buffers lent that had been used before. */
  readonly reused: number;
  /** Buffers lent that were made for it. */
  readonly fresh: number;
  /** Requests refused for want of room. */
  readonly refused: number;
  /** Requests of a scope that were met outside the pool, for want of room. */
  readonly unpooled: number;
  /** Idle buffers that were let go: unused for too long, for room, or because memory was scarce. */
  readonly trimmed: number;
  /** Buffers that were moved to another thread while on loan, and never came back. */
  readonly moved: number;
  /** Leases that were collected as garbage without having been released. */
  readonly leaked: number;
}

/**
 * Lends `ArrayBuffer`s and lends them again, because a fresh one of 10 MB costs milliseconds for the pages behind it
 * and a used one microseconds. What is on loan and idle together stays within `maxBytes`.
 */
export class MemoryPool {
  readonly #options: ResolvedPoolOptions;
  readonly #account: LedgerAccount;
  readonly #idle = new IdleBuffers();
  readonly #line = new WaitingLine((size) => this.#fits(size));
  readonly #takeBack: TakeBack = (lease, buffer, size) => {
    this.#returned(lease, buffer, size);
  };
  // Only to find leaks: when a collector runs is nobody's promise.
  readonly #leases: FinalizationRegistry<number>;
  readonly #counts = { reused: 0, fresh: 0, refused: 0, unpooled: 0, trimmed: 0, moved: 0, leaked: 0 };
  #leased = 0;
  #leasedBytes = 0;
  #stopTimer: (() => void) | undefined;
  #stopListening: (() => void) | undefined;
  #closed = false;

  constructor(o: MemoryPoolOptions = {}) {
    this.#options = resolvePoolOptions(o);
    this.#account = this.#options.ledger.open('memory pool');
    this.#leases = new FinalizationRegistry((size) => {
      this.#counts.leaked += 1;
      this.#options.onLeak?.(size);
      this.#gone(size);
    });
  }

  /**
   * Lends at least so many bytes. Give them back by `using`, or `release()`.
   * @throws `LazyError` `ERR_PERF_LAZY_POOL_EXHAUSTED` when that would exceed `maxBytes`; `ERR_PERF_LAZY_OPTION`,
   * `ERR_PERF_LAZY_CLOSED`
   */
  acquire(bytes: number, o: AcquireOptions = {}): PooledBuffer {
    const zero = this.#check(bytes, o, ['zero']);
    const size = sizeClass(bytes);
    // Those who wait were here before.
    if (this.#line.length > 0 || !this.#fits(size)) throw this.#exhausted(bytes, size);
    return this.#lend(bytes, size, zero);
  }

  /**
   * As `acquire`, but waits for others to give memory back, in the order of asking.
   * @throws also the signal's reason; `ERR_PERF_LAZY_POOL_EXHAUSTED` at once for more than `maxBytes`
   */
  async acquireAsync(bytes: number, o: AcquireWaitOptions = {}): Promise<PooledBuffer> {
    const zero = this.#check(bytes, o, ['zero', 'signal']);
    throwIfAborted(o.signal);
    const size = sizeClass(bytes);
    if (size > this.#options.maxBytes) throw this.#exhausted(bytes, size);
    if (this.#line.length === 0 && this.#fits(size)) return this.#lend(bytes, size, zero);
    return await this.#line.join(size, o.signal, () => this.#lend(bytes, size, zero));
  }

  /**
   * Leases that end together: pass its `allocate` to a conversion, and dispose of the scope when the result is no longer
   * needed. A scope never refuses: what the pool has no room for is fresh memory outside of it.
   */
  scope(): PoolScope {
    this.#open();
    return new PoolScope(
      (bytes) => {
        const size = sizeClass(bytes);
        const { zero } = this.#options;
        if (this.#line.length === 0 && this.#fits(size)) return this.#lend(bytes, size, zero);
        const buffer = freshBuffer(bytes, zero);
        this.#counts.unpooled += 1;
        return buffer;
      },
      () => {
        this.#open();
      },
    );
  }

  /**
   * Takes in a buffer that comes back from another thread, or from anywhere: it becomes empty for its giver. Whether it
   * was of use: of one of the pool's sizes, within the bounds, and not shared.
   * @throws `LazyError` `ERR_PERF_LAZY_OPTION` when it is no buffer
   */
  adopt(buffer: ArrayBuffer): boolean {
    this.#open();
    if (isShared(buffer)) return false;
    if (!isBuffer(buffer)) throw refuseOption(`buffer must be an ArrayBuffer; given ${shown(buffer)}`);
    const size = buffer.byteLength;
    if (size === 0 || size !== sizeClass(size) || !this.#fits(size)) return false;
    this.#put(detached(buffer));
    return true;
  }

  /** The counters; the counting rules stand at `MemoryPoolStatistics`. */
  stats(): MemoryPoolStatistics {
    return Object.freeze({
      leased: this.#leased,
      leasedBytes: this.#leasedBytes,
      idle: this.#idle.count,
      idleBytes: this.#idle.bytes,
      maxBytes: this.#options.maxBytes,
      peakBytes: this.#account.peakBytes,
      waiting: this.#line.length,
      ...this.#counts,
    });
  }

  /** Lets go of idle buffers, those that have waited longest first, until at most `keep` bytes are idle. The bytes freed. */
  trim(keep = 0): number {
    this.#open();
    requireBytes(keep, 'keep');
    return this.#trim(keep);
  }

  /** Lets go of what is idle and refuses whoever waits. What is on loan may still be given back. Again: does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#trim(0);
    this.#line.refuse(closedError('memory pool'));
    this.#settle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): void {
    if (this.#closed) throw closedError('memory pool');
  }

  #check(bytes: number, o: AcquireOptions, known: readonly string[]): boolean {
    this.#open();
    refuseUnknown(o, known, refuseOption);
    requireBytes(bytes, 'bytes');
    return parseFlag(o.zero ?? this.#options.zero, 'zero');
  }

  /** Whether so much can be lent, with what is idle let go where need be. */
  #fits(size: number): boolean {
    return this.#leasedBytes + size <= this.#options.maxBytes;
  }

  #lend(bytes: number, size: number, zero: boolean): PooledBuffer {
    const used = this.#idle.take(size);
    const buffer = used ?? this.#make(size, zero);
    if (used !== undefined && zero) new Uint8Array(used).fill(0);
    this.#counts[used === undefined ? 'fresh' : 'reused'] += 1;
    const lease = new PooledBuffer(buffer, bytes, this.#takeBack);
    this.#leases.register(lease, size, lease);
    this.#leased += 1;
    this.#leasedBytes += size;
    this.#settle();
    return lease;
  }

  #make(size: number, zero: boolean): ArrayBuffer {
    this.#trim(Math.max(0, this.#options.maxBytes - this.#leasedBytes - size));
    return freshBuffer(size, zero);
  }

  #returned(lease: PooledBuffer, buffer: ArrayBuffer, size: number): void {
    this.#leases.unregister(lease);
    this.#leased -= 1;
    this.#leasedBytes -= size;
    if (buffer.byteLength !== size) this.#counts.moved += 1;
    else {
      const back = detached(buffer);
      if (!this.#closed) this.#put(back);
    }
    this.#settle();
    this.#line.admit();
  }

  /** A lease is gone together with its memory. */
  #gone(size: number): void {
    this.#leased -= 1;
    this.#leasedBytes -= size;
    this.#settle();
    this.#line.admit();
  }

  #put(buffer: ArrayBuffer): void {
    const { clock, maxBytes, maxIdleBytes } = this.#options;
    this.#idle.put(buffer, clock.now());
    this.#trim(Math.max(0, Math.min(maxIdleBytes, maxBytes - this.#leasedBytes)));
    this.#settle();
  }

  #trim(keep: number): number {
    let freed = 0;
    while (this.#idle.bytes > keep) {
      freed += this.#idle.dropOldest();
      this.#counts.trimmed += 1;
    }
    if (freed > 0) this.#settle();
    return freed;
  }

  #exhausted(bytes: number, size: number): LazyError {
    this.#counts.refused += 1;
    const { maxBytes } = this.#options;
    return new LazyError(
      'ERR_PERF_LAZY_POOL_EXHAUSTED',
      `the pool cannot lend ${formatBytes(bytes)} (a buffer of ${formatBytes(size)}): ` +
        `${formatBytes(this.#leasedBytes)} of ${formatBytes(maxBytes)} are on loan; ` +
        'release what is done with, raise maxBytes, or wait by acquireAsync',
    );
  }

  /** Brings the books, the timer and the subscription in line with what there is. */
  #settle(): void {
    if (this.#closed && this.#leased === 0) this.#account.close();
    else this.#account.set(this.#leasedBytes + this.#idle.bytes);
    const wanted = this.#idle.count > 0 && !this.#closed;
    if (wanted) this.#watch();
    else {
      this.#stopTimer?.();
      this.#stopTimer = undefined;
      this.#stopListening?.();
      this.#stopListening = undefined;
    }
  }

  #watch(): void {
    const { idleTimeout, timers, memory } = this.#options;
    if (idleTimeout < Infinity) {
      this.#stopTimer ??= timers.every(idleTimeout / 2, () => {
        this.#dropStale();
      });
    }
    this.#stopListening ??= listenTo(memory, () => {
      this.#relieve(pressureOf(memory));
    });
  }

  #dropStale(): void {
    const { clock, idleTimeout } = this.#options;
    const stale = clock.now() - idleTimeout;
    while ((this.#idle.oldestSince ?? Infinity) <= stale) {
      this.#idle.dropOldest();
      this.#counts.trimmed += 1;
    }
    this.#settle();
  }

  #relieve(pressure: MemoryPressure): void {
    if (pressure === 'critical') this.#trim(0);
    else if (pressure === 'moderate') this.#trim(this.#idle.bytes / 2);
  }
}

function isBuffer(value: unknown): boolean {
  return value instanceof ArrayBuffer;
}

function isShared(value: unknown): boolean {
  return value instanceof SharedArrayBuffer;
}
