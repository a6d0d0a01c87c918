import type { Clock } from '@perf/internal/clock';
import type { MemoryProbe } from './memory/probe.js';
import type { ChildHost } from './process/child.js';

/** One stop of the collector, on the same time line as the clock in use. */
export interface GcPause {
  readonly startedAt: number;
  readonly durationMs: number;
}

/** A watch over the collector; `take` hands out every pause since the watch began, in order of time. */
export interface GcWatch {
  take(): Promise<readonly GcPause[]>;
  close(): void;
}

export interface GcObserver {
  watch(): GcWatch;
}

/** Bytes held now by the JavaScript heap and by array buffers together. */
export interface HeapReader {
  read(): number;
}

/** CPU time of the whole process so far, all its threads included. */
export interface CpuTime {
  readonly userMs: number;
  readonly systemMs: number;
}

export interface CpuReader {
  read(): CpuTime;
}

/** How late the event loop came to its timers, in milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoopDelayObserver {
  /** Begins to watch; the function returned ends the watch, with `undefined` when nothing was seen. */
  watch(): () => LoopDelay | undefined;
}

/** Everything the engine reads from the world. A test passes its own and decides what happens. */
export interface Instruments {
  readonly clock: Clock;
  readonly gc: GcObserver;
  readonly heap: HeapReader;
  readonly cpu: CpuReader;
  readonly loopDelay: LoopDelayObserver;
  /** Lets the event loop turn once, so that timers, signals and input are served between samples. */
  readonly pause: () => Promise<void>;
  readonly memory: MemoryProbe;
  readonly children: ChildHost;
}
