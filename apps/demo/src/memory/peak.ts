import { readFileSync, writeFileSync } from 'node:fs';

/**
 * The peak memory of this process. On Linux the kernel keeps it (VmHWM), so nothing between two looks is missed;
 * elsewhere it is the largest reading so far, and `note` must be called often.
 */
export class PeakMemory {
  readonly #start: number;
  #largest = 0;

  constructor() {
    resetKernelPeak();
    this.#start = process.memoryUsage.rss();
  }

  note(): void {
    this.#largest = Math.max(this.#largest, process.memoryUsage.rss());
  }

  /** Bytes above the start, at the peak. */
  get growth(): number {
    this.note();
    return Math.max(0, (kernelPeak() ?? this.#largest) - this.#start);
  }
}

/** Makes the kernel's peak begin at what is used now; where it cannot, the peak includes the start of the process. */
function resetKernelPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not allowed: the growth is then measured from a peak that is at least the start.
  }
}

function kernelPeak(): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  } catch {
    return undefined;
  }
}
