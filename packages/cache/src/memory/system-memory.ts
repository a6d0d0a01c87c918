import { parseDuration, type Duration } from '@perf/internal/duration';
import { refuseUnknown } from '@perf/internal/options';
import { invalidOption } from '../cache-error.js';
import { CgroupMemory } from './cgroup.js';
import { readMachine } from './machine.js';
import { type MemoryPressure, type MemoryReader, type MemoryReading } from './memory-reader.js';
import { systemSources, type MemorySources } from './memory-sources.js';
import { nextPressure, PRESSURE_LEVELS, requireLevels, type PressureLevels } from './pressure.js';

/** What a {@link SystemMemory} can be told; every field has a default. */
export interface SystemMemoryOptions {
  /** For how long a reading stands, and how often subscribers are looked after. Default `'1s'`. */
  readonly interval?: Duration;
  /** From which share of the limit on memory is scarce. Default {@link PRESSURE_LEVELS}. */
  readonly levels?: PressureLevels;
  /** Where readings, time and timers come from. Default: the system. */
  readonly sources?: MemorySources;
}

const DEFAULT_INTERVAL = '1s';
const FIELDS: readonly (keyof SystemMemoryOptions)[] = ['interval', 'levels', 'sources'];
/** Node turns a longer delay into one of 1 ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * The memory of this process against whichever limit is nearest: V8's heap limit, the memory limits of its control
 * groups (version 1 or 2, what containers and services are limited by), the memory of the machine. The reading is that
 * of the limit of which the largest share is in use.
 *
 * What is not there (a limit, a file, a whole mechanism: macOS and Windows have no control groups) is passed over. On
 * macOS, which does not tell what it could free, the machine's part is this process alone. The heap counts what the
 * next collection will free; memory outside of it (`ArrayBuffer`) counts for the group and the machine.
 *
 * A reading is taken when it is asked for and the last one is older than `interval`, and every `interval` while
 * somebody has subscribed. It takes 0.2 ms on a slow machine, 0.3 more where a control group has a limit: V8's
 * statistics and a few small files that the kernel writes on the spot. What is asked for in between costs 0.1 us.
 */
export class SystemMemory implements MemoryReader {
  readonly #sources: MemorySources;
  readonly #cgroup: CgroupMemory;
  readonly #levels: PressureLevels;
  readonly #interval: number;
  readonly #listeners = new Set<{ readonly notify: (pressure: MemoryPressure) => void }>();
  #sample: { readonly at: number; readonly reading: MemoryReading } | undefined;
  #pressure: MemoryPressure = 'none';
  #announced: MemoryPressure = 'none';
  #stop: (() => void) | undefined;

  constructor(options: SystemMemoryOptions = {}) {
    refuseUnknown(options, FIELDS, invalidOption);
    const { interval = DEFAULT_INTERVAL, levels = PRESSURE_LEVELS, sources = systemSources } = options;
    this.#interval = Math.min(LONGEST, parseDuration(interval, 'interval', invalidOption));
    this.#levels = requireLevels(levels);
    this.#sources = sources;
    this.#cgroup = new CgroupMemory(sources);
  }

  /** Bytes in use and the limit that is nearest; at most `interval` old. */
  read(): MemoryReading {
    const age = this.#sample === undefined ? NaN : this.#sources.clock.now() - this.#sample.at;
    // A clock that went back says nothing about the age.
    return this.#sample !== undefined && age >= 0 && age < this.#interval
      ? this.#sample.reading
      : this.#take();
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
      this.#stop = this.#sources.every(this.#interval, () => {
        this.#look();
      });
    }
    return () => {
      this.#listeners.delete(subscription);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #look(): void {
    this.#take();
    const pressure = this.#pressure;
    if (pressure === this.#announced) return;
    this.#announced = pressure;
    for (const subscription of [...this.#listeners]) {
      if (this.#listeners.has(subscription)) subscription.notify(pressure);
    }
  }

  #take(): MemoryReading {
    const limits = [this.#sources.heap(), ...this.#cgroup.read(), readMachine(this.#sources)];
    const reading = limits.reduce((nearest, other) => (share(other) > share(nearest) ? other : nearest));
    this.#pressure = nextPressure(this.#pressure, share(reading), this.#levels);
    this.#sample = { at: this.#sources.clock.now(), reading };
    return reading;
  }
}

/** What part of the limit is in use; a reading that makes no sense binds nobody. */
function share({ usedBytes, limitBytes }: MemoryReading): number {
  const part = usedBytes / limitBytes;
  return limitBytes > 0 && part >= 0 ? part : 0;
}

let shared: SystemMemory | undefined;

/** One reading for all caches of the process that were given no memory of their own. */
export function sharedSystemMemory(): SystemMemory {
  shared ??= new SystemMemory();
  return shared;
}
