import type { Clock } from '../clock.js';
import type { MemoryPressure, MemoryReader, MemoryReading } from './reading.js';
import { nextPressure, type PressureLevels } from './levels.js';

/** What a sampler works with. */
export interface SamplerParts<Reading extends MemoryReading> {
  /** Takes a reading now. */
  readonly take: () => Reading;
  readonly clock: Clock;
  /** Calls `run` every `ms` milliseconds until the returned function is called. Must not keep the process alive. */
  readonly every: (ms: number, run: () => void) => () => void;
  /** For how many milliseconds a reading stands, and how often subscribers are looked after. */
  readonly interval: number;
  readonly levels: PressureLevels;
}

/** Node turns a longer delay into one of 1 ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * Takes a reading when it is asked for and the last one is older than `interval`, and every `interval` while somebody
 * has subscribed; tells from it how scarce memory is.
 */
export class MemorySampler<Reading extends MemoryReading> implements MemoryReader {
  readonly #parts: SamplerParts<Reading>;
  readonly #interval: number;
  readonly #listeners = new Set<{ readonly notify: (pressure: MemoryPressure) => void }>();
  #sample: { readonly at: number; readonly reading: Reading } | undefined;
  #pressure: MemoryPressure = 'none';
  #announced: MemoryPressure = 'none';
  #stop: (() => void) | undefined;

  constructor(parts: SamplerParts<Reading>) {
    this.#parts = parts;
    this.#interval = Math.min(LONGEST, parts.interval);
  }

  /** Subscriptions there are now. */
  get subscribers(): number {
    return this.#listeners.size;
  }

  /** A reading that is at most `interval` old. */
  read(): Reading {
    const age = this.#sample === undefined ? NaN : this.#parts.clock.now() - this.#sample.at;
    // A clock that went back says nothing about the age.
    return this.#sample !== undefined && age >= 0 && age < this.#interval
      ? this.#sample.reading
      : this.take();
  }

  /** A reading of now. */
  take(): Reading {
    const reading = this.#parts.take();
    this.#pressure = nextPressure(this.#pressure, shareOf(reading), this.#parts.levels);
    this.#sample = { at: this.#parts.clock.now(), reading };
    return reading;
  }

  get pressure(): MemoryPressure {
    this.read();
    return this.#pressure;
  }

  /**
   * Calls the listener, from a timer, each time that `pressure` is another than the last time it looked. The first
   * look is now: whoever needs the level at the start asks for it. The listener must not throw. The timer does not
   * keep the process alive, and ends with the last subscription.
   */
  subscribe(listener: (pressure: MemoryPressure) => void): () => void {
    const subscription = { notify: listener };
    this.#listeners.add(subscription);
    if (this.#stop === undefined) {
      this.#announced = this.pressure;
      this.#stop = this.#parts.every(this.#interval, () => {
        this.#look();
      });
    }
    return () => {
      this.#listeners.delete(subscription);
      this.#rest();
    };
  }

  /** Ends every subscription. */
  close(): void {
    this.#listeners.clear();
    this.#rest();
  }

  #rest(): void {
    if (this.#listeners.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #look(): void {
    this.take();
    const pressure = this.#pressure;
    if (pressure === this.#announced) return;
    this.#announced = pressure;
    for (const subscription of [...this.#listeners]) {
      if (this.#listeners.has(subscription)) subscription.notify(pressure);
    }
  }
}

/** What part of the limit is in use; a reading that makes no sense binds nobody. */
export function shareOf({ usedBytes, limitBytes }: MemoryReading): number {
  const part = usedBytes / limitBytes;
  return limitBytes > 0 && part >= 0 ? part : 0;
}
