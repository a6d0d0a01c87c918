import type { ByteSize } from '@perf/internal/bytes';
import type { Duration } from '@perf/internal/duration';
import type { PressureLevels } from '@perf/internal/memory/levels';
import { nearest, SystemLimits, type LimitKind } from '@perf/internal/memory/limits';
import type { MemoryPressure, MemoryReader, MemoryReading } from '@perf/internal/memory/reading';
import { MemorySampler } from '@perf/internal/memory/sampler';
import { closedError } from '../errors.js';
import type { Ledger } from './ledger.js';
import { resolveMonitorOptions } from './monitor-options.js';
import { readProcess, type MonitorSources } from './process-memory.js';

/** How a `MemoryMonitor` is set up. Everything has a default. */
export interface MemoryMonitorOptions {
  /** What this process may use, beside the limits that it has anyway: its anonymous memory is held against it. Default: none. */
  readonly maxBytes?: ByteSize;
  /** For how long a reading stands, and how often it is taken while somebody has subscribed. Default `'500ms'`. */
  readonly interval?: Duration;
  /**
   * Shares of the limit, 0 to 1, from which on memory is scarce, and below which it is no more: `moderate` from 0.8 until
   * 0.7, `critical` from 0.92 until 0.85.
   */
  readonly levels?: PressureLevels;
  /** What the parts of this library hold, told in `ledgerBytes`. Default: an empty one. */
  readonly ledger?: Ledger;
  /** Where readings, time and timers come from. Default: the system. */
  readonly sources?: MonitorSources;
}

/** Use of one limit, in bytes. */
export interface MemoryLimit extends MemoryReading {
  /** `'budget'` is the option `maxBytes`. */
  readonly limit: LimitKind | 'budget';
}

/** The memory of this process at one moment, in bytes, frozen. */
export interface MonitorReading extends MemoryLimit {
  /** Every limit there is; `limit`, `usedBytes` and `limitBytes` are those of which the largest share is in use. */
  readonly limits: readonly MemoryLimit[];
  /** Resident: what the process has in the machine's memory, files mapped into it included. */
  readonly rssBytes: number;
  /** Resident and its own: what only ending or freeing gives back. All of `rssBytes` where the system does not tell. */
  readonly anonymousBytes: number;
  /** V8's heap of this thread, what the next collection will free included. */
  readonly heapUsedBytes: number;
  /** Memory outside the heap that this thread's objects keep alive, `arrayBufferBytes` included. */
  readonly externalBytes: number;
  /** `ArrayBuffer`s and `SharedArrayBuffer`s of this thread, Node's `Buffer`s among them. */
  readonly arrayBufferBytes: number;
  /** What the parts of this library say they hold. */
  readonly ledgerBytes: number;
}

/**
 * The memory of this process against its limits: V8's heap limit, the memory limits of its control groups (version 1
 * and 2), the machine's memory, and the budget you set. `pressure` follows the limit that is nearest, with hysteresis:
 * a level ends well below where it began, so that memory given back shows before anybody acts again.
 *
 * A reading is taken when it is asked for and the last one is older than `interval`, and every `interval` while somebody
 * has subscribed; one monitor may serve many. What a reading costs stands in the README. Nothing here keeps the process
 * alive.
 */
export class MemoryMonitor implements MemoryReader {
  readonly #sampler: MemorySampler<MonitorReading>;
  #closed = false;

  constructor(o: MemoryMonitorOptions = {}) {
    const { maxBytes, interval, levels, ledger, sources } = resolveMonitorOptions(o);
    const system = new SystemLimits(sources);
    const take = (): MonitorReading => {
      const own = readProcess(sources);
      const budget: readonly MemoryLimit[] =
        maxBytes < Infinity ? [{ limit: 'budget', usedBytes: own.anonymousBytes, limitBytes: maxBytes }] : [];
      const limits: readonly MemoryLimit[] = [...budget, ...system.read()];
      const { limit, usedBytes, limitBytes } = nearest<MemoryLimit>(
        { limit: 'machine', usedBytes: 0, limitBytes: Infinity },
        limits,
      );
      const heapUsedBytes = limits.find((each) => each.limit === 'heap')?.usedBytes ?? 0;
      return Object.freeze({
        usedBytes,
        limitBytes,
        limit,
        limits: Object.freeze(limits.map((each) => Object.freeze(each))),
        ...own,
        heapUsedBytes,
        ledgerBytes: ledger.bytes,
      });
    };
    this.#sampler = new MemorySampler({
      take,
      clock: sources.clock,
      every: (ms, run) => sources.every(ms, run),
      interval,
      levels,
    });
  }

  /** The memory of this process, at most `interval` old. */
  read(): MonitorReading {
    this.#open();
    return this.#sampler.read();
  }

  /** The memory of this process now, however short ago it was read. */
  readNow(): MonitorReading {
    this.#open();
    return this.#sampler.take();
  }

  /** How scarce memory is, by a reading that is at most `interval` old. */
  get pressure(): MemoryPressure {
    this.#open();
    return this.#sampler.pressure;
  }

  /**
   * Calls `listener` each time that the pressure has changed since the last look, from a timer that runs while anybody
   * has subscribed, until the returned function is called. The first look is now and calls nobody. It must not throw.
   */
  subscribe(listener: (pressure: MemoryPressure) => void): () => void {
    this.#open();
    return this.#sampler.subscribe(listener);
  }

  /** Ends every subscription. Again: does nothing. */
  close(): void {
    this.#closed = true;
    this.#sampler.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): void {
    if (this.#closed) throw closedError('memory monitor');
  }
}

let shared: MemoryMonitor | undefined;

/** One monitor for all parts of the process that were given none. */
export function sharedMonitor(): MemoryMonitor {
  shared ??= new MemoryMonitor();
  return shared;
}
