import type { MemoryReading } from '../../src/memory/reading.js';
import type { MemorySources } from '../../src/memory/sources.js';

export const GB = 2 ** 30;

/** A clock that stands until it is told to go. */
export class FakeClock {
  time = 0;

  now(): number {
    return this.time;
  }

  advance(ms: number): void {
    this.time += ms;
  }
}

/** A system made of a few numbers and files; its timers fire by hand. */
export class FakeSources implements MemorySources {
  readonly clock = new FakeClock();
  readonly files = new Map<string, string>();
  readonly timers = new Set<{ readonly ms: number; readonly run: () => void }>();
  /** How often the heap was asked for: once for each sample. */
  samples = 0;
  heapUsed = 0;
  heapLimit = 4 * GB;
  machineUsed = 0;
  machineTotal = 64 * GB;

  readText(path: string): string | undefined {
    return this.files.get(path);
  }

  heap(): MemoryReading {
    this.samples += 1;
    return { usedBytes: this.heapUsed, limitBytes: this.heapLimit };
  }

  machine(): MemoryReading {
    return { usedBytes: this.machineUsed, limitBytes: this.machineTotal };
  }

  every(ms: number, run: () => void): () => void {
    const timer = { ms, run };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  /** Lets the interval pass. */
  tick(): void {
    this.clock.advance(1000);
    for (const { run } of this.timers) run();
  }

  write(files: Readonly<Record<string, string | number>>): this {
    for (const [path, text] of Object.entries(files)) this.files.set(path, `${String(text)}\n`);
    return this;
  }
}
