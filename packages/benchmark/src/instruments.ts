import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { systemClock } from '@perf/internal/clock';
import { systemMemory } from './memory/system-probe.js';
import { systemChildren } from './process/system-child.js';
import type { CpuReader, GcObserver, GcPause, HeapReader, Instruments, LoopDelayObserver } from './ports.js';

const LOOP_RESOLUTION_MS = 5;

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const systemGc: GcObserver = {
  watch() {
    const pauses: GcPause[] = [];
    const collect = (entries: readonly { startTime: number; duration: number }[]): void => {
      for (const entry of entries) pauses.push({ startedAt: entry.startTime, durationMs: entry.duration });
    };
    const observer = new PerformanceObserver((list) => {
      collect(list.getEntries());
    });
    observer.observe({ entryTypes: ['gc'] });
    return {
      async take() {
        // Node queues an entry on the turn after the collection, and hands it out on the turn after that.
        await pause();
        await pause();
        collect(observer.takeRecords());
        return [...pauses].sort((a, b) => a.startedAt - b.startedAt);
      },
      close() {
        observer.disconnect();
      },
    };
  },
};

/** Sees no collection at all: what stands in where a clock of another time line is used. */
export const blindGc: GcObserver = {
  watch: () => ({ take: () => Promise.resolve([]), close: () => undefined }),
};

const systemHeap: HeapReader = {
  read() {
    const usage = process.memoryUsage();
    return usage.heapUsed + usage.arrayBuffers;
  },
};

const systemCpu: CpuReader = {
  read() {
    const { user, system } = process.cpuUsage();
    return { userMs: user / 1000, systemMs: system / 1000 };
  },
};

const systemLoopDelay: LoopDelayObserver = {
  watch() {
    const histogram = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
    histogram.enable();
    return () => {
      histogram.disable();
      if (histogram.count === 0) return undefined;
      // The histogram holds whole intervals between its ticks: what is late is what exceeds the interval asked for.
      const late = (ns: number): number => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS);
      return {
        p50: late(histogram.percentile(50)),
        p99: late(histogram.percentile(99)),
        max: late(histogram.max),
      };
    };
  },
};

/** The instruments of this process. */
export const systemInstruments: Instruments = {
  clock: systemClock,
  gc: systemGc,
  heap: systemHeap,
  cpu: systemCpu,
  loopDelay: systemLoopDelay,
  pause,
  memory: systemMemory,
  children: systemChildren,
};
