import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { systemClock, type Clock } from '../clock.js';
import type { MemoryReading } from './reading.js';

/** Everything from outside that memory is read by. Tests pass their own. */
export interface MemorySources {
  readonly clock: Clock;
  /** The text of a small file of `/proc` or `/sys/fs/cgroup`; `undefined` where there is none. */
  readText(path: string): string | undefined;
  /** V8's heap of this thread and its limit. */
  heap(): MemoryReading;
  /** The machine, as far as it is known without `/proc/meminfo`. */
  machine(): MemoryReading;
  /** Calls `run` every `ms` milliseconds until the returned function is called. Must not keep the process alive. */
  every(ms: number, run: () => void): () => void;
}

/** Node, V8 and the operating system. */
export const systemSources: MemorySources = {
  clock: systemClock,
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  heap() {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    return { usedBytes: used_heap_size, limitBytes: heap_size_limit };
  },
  machine() {
    // Only Windows counts as free what it could free at once; elsewhere the number is low on any healthy machine.
    const limitBytes = totalmem();
    const usedBytes = process.platform === 'win32' ? limitBytes - freemem() : process.memoryUsage.rss();
    return { usedBytes, limitBytes };
  },
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
