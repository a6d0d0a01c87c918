import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Clock } from '@perf/internal/clock';
import { findEntry } from '../process/entry.js';
import type { HighWaterMark, MemoryProbe, MemorySample, MemoryUsage, MemoryWatch } from './probe.js';
import { SharedWatch, type WatchOrder } from './shared-watch.js';

const CLEAR_REFS = '/proc/self/clear_refs';
const STATUS = '/proc/self/status';
const RESET_HIGH_WATER_MARK = '5';
/** Right after a reset the mark must be near what is resident, or the kernel did not do as it was told. */
const RESET_TOLERANCE = 4 * 2 ** 20;

function read(): MemoryUsage {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external };
}

const HIGH_WATER = /^VmHWM:\s+(\d+) kB$/m;
const RESIDENT = /^VmRSS:\s+(\d+) kB$/m;

/** Reads into the same room each time: what a reading leaves behind would look like a small leak. */
let room: Buffer | undefined;

function statusBytes(field: RegExp): number {
  room ??= Buffer.alloc(8192);
  const file = openSync(STATUS, 'r');
  try {
    const length = readSync(file, room, 0, room.length, 0);
    return Number(field.exec(room.toString('latin1', 0, length))?.[1] ?? Number.NaN) * 1024;
  } finally {
    closeSync(file);
  }
}

function findHighWaterMark(): HighWaterMark | undefined {
  if (process.platform !== 'linux') return undefined;
  const mark: HighWaterMark = {
    reset() {
      writeFileSync(CLEAR_REFS, RESET_HIGH_WATER_MARK);
    },
    read: () => statusBytes(HIGH_WATER),
  };
  try {
    mark.reset();
    return Math.abs(mark.read() - statusBytes(RESIDENT)) < RESET_TOLERANCE ? mark : undefined;
  } catch {
    // Not every container lets a process reset its own mark.
    return undefined;
  }
}

function findCollector(): (() => void) | undefined {
  const given: unknown = Reflect.get(globalThis, 'gc');
  if (isCollector(given)) return given;
  // The flag adds a function to contexts made from now on, so a new context has it, and this one stays as it is.
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return isCollector(found) ? found : undefined;
}

function isCollector(value: unknown): value is () => void {
  return typeof value === 'function';
}

async function watch(o: { intervalMs: number; clock: Clock }): Promise<MemoryWatch> {
  // Both threads read the same monotonic counter of the machine; the clock in use only has another origin.
  const origin = Number(process.hrtime.bigint()) / 1e6 - o.clock.now();
  const own = new Looks();
  let highest: number | undefined;
  const look = (): void => {
    const usage = read();
    highest = Math.max(highest ?? 0, usage.rssBytes);
    own.add(o.clock.now(), usage);
  };
  const thread = await startThread(o.intervalMs);
  const timer = setInterval(look, Math.max(1, o.intervalMs));
  timer.unref();
  return {
    threaded: thread !== undefined,
    mark() {
      thread?.shared.mark();
      highest = undefined;
    },
    peak() {
      const seen = thread?.shared.peak;
      return seen === undefined ? highest : Math.max(seen, highest ?? 0);
    },
    async close() {
      clearInterval(timer);
      await thread?.end();
      const seen = thread?.shared.samples() ?? [];
      return [
        ...own.samples(),
        ...seen.map(([at, rssBytes]): MemorySample => ({ atMs: at - origin, rssBytes })),
      ].sort((a, b) => a.atMs - b.atMs);
    },
  };
}

const FIELDS = 4;
const ROOM = 4096;

/** Looks of the thread under test, in room taken beforehand: what is kept here must not look like a leak. */
class Looks {
  readonly #values = new Float64Array(FIELDS * ROOM);
  #count = 0;
  #stride = 1;
  #seen = 0;

  add(at: number, { rssBytes, heapUsedBytes, externalBytes }: MemoryUsage): void {
    this.#seen += 1;
    if (this.#seen % this.#stride !== 0) return;
    if (this.#count === ROOM) {
      for (let i = 0; i < ROOM / 2; i++) {
        this.#values.copyWithin(FIELDS * i, FIELDS * 2 * i, FIELDS * (2 * i + 1));
      }
      this.#count = ROOM / 2;
      this.#stride *= 2;
    }
    this.#values.set([at, rssBytes, heapUsedBytes, externalBytes], FIELDS * this.#count);
    this.#count += 1;
  }

  samples(): MemorySample[] {
    return Array.from({ length: this.#count }, (_, i) => {
      const [atMs = 0, rssBytes = 0, heapUsedBytes = 0, externalBytes = 0] = this.#values.subarray(
        FIELDS * i,
        FIELDS * (i + 1),
      );
      return { atMs, rssBytes, heapUsedBytes, externalBytes };
    });
  }
}

interface WatchingThread {
  readonly shared: SharedWatch;
  end(): Promise<void>;
}

/** `undefined` where no thread can be had: the profile then does without. */
async function startThread(intervalMs: number): Promise<WatchingThread | undefined> {
  const shared = new SharedWatch();
  try {
    const order: WatchOrder = { shared: shared.shared, intervalMs };
    // A heap of its own that stays small: what the watcher itself takes must not show in what it sees.
    const thread = new Worker(findEntry('watcher'), {
      workerData: order,
      execArgv: [],
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    });
    const ended = new Promise<void>((resolve) => {
      thread.once('exit', () => {
        resolve();
      });
    });
    await new Promise<void>((resolve, reject) => {
      thread.once('error', reject);
      thread.once('online', resolve);
    });
    thread.on('error', () => undefined);
    thread.unref();
    return {
      shared,
      async end() {
        thread.ref();
        shared.stop();
        await ended;
      },
    };
  } catch {
    return undefined;
  }
}

let highWater: { readonly found: HighWaterMark | undefined } | undefined;
let collector: { readonly found: (() => void) | undefined } | undefined;

/** Memory as this process can read it; what has to be found out is, on first use. */
export const systemMemory: MemoryProbe = {
  read,
  watch,
  get highWater() {
    highWater ??= { found: findHighWaterMark() };
    return highWater.found;
  },
  get collect() {
    collector ??= { found: findCollector() };
    return collector.found;
  },
};
