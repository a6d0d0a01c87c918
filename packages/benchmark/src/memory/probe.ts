import type { Clock } from '@perf/internal/clock';

/** Memory of this process now, in bytes. */
export interface MemoryUsage {
  /** Physical memory of the whole process, all its threads and native code included. */
  readonly rssBytes: number;
  /** Live and dead objects on the heap of this thread. */
  readonly heapUsedBytes: number;
  /** What the heap of this thread has reserved, used or not. */
  readonly heapTotalBytes: number;
  /** Memory that objects of this thread hold outside the heap, array buffers included. */
  readonly externalBytes: number;
}

/** One look at the memory. */
export interface MemorySample {
  /** Milliseconds, on the time line of the clock in use until a profile moves them to its start. */
  readonly atMs: number;
  readonly rssBytes: number;
  /** Known only where the thread under test was free to look. */
  readonly heapUsedBytes?: number;
  readonly externalBytes?: number;
}

/** The kernel's own record of the most memory that was resident. */
export interface HighWaterMark {
  /** Sets the mark to what is resident now. */
  reset(): void;
  /** The most bytes that were resident since. */
  read(): number;
}

/** A watch kept by another thread, which also looks while this one is busy. */
export interface MemoryWatch {
  /** Whether another thread is looking; without one only the timer of this thread is. */
  readonly threaded: boolean;
  /** Forgets the highest figure seen so far. */
  mark(): void;
  /** The most bytes seen resident since the mark; `undefined` when nobody looked since. */
  peak(): number | undefined;
  /** Ends the watch and hands out what was seen, in order of time. */
  close(): Promise<readonly MemorySample[]>;
}

/** Everything `profileMemory` reads. */
export interface MemoryProbe {
  read(): MemoryUsage;
  /** Collects garbage, all of it; absent where the engine offers no way. */
  readonly collect?: (() => void) | undefined;
  /** Absent where the kernel keeps no such mark, or does not let it be reset. */
  readonly highWater?: HighWaterMark | undefined;
  watch(o: { readonly intervalMs: number; readonly clock: Clock }): Promise<MemoryWatch>;
}
