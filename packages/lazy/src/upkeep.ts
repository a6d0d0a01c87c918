import type { MemoryReader } from '@perf/internal/memory/reading';
import { listenTo, pressureOf } from './memory/scarcity.js';
import type { Timers } from './timers.js';

/** What upkeep works with. */
export interface UpkeepParts {
  readonly timers: Timers;
  readonly memory: MemoryReader | undefined;
  /** Milliseconds between two cleanings; `Infinity`: none but while memory is scarce. */
  readonly cleanupInterval: number;
  /** Lets go of what has been unused for too long, and of what there is no room for. */
  readonly clean: () => void;
}

// While memory is scarce it is looked at as often as anything can change for the better.
const PRESSED_INTERVAL_MS = 1000;

/** Cleans now and then, and when memory gets scarce; has a timer and a subscription only while there is anything to clean. */
export class Upkeep {
  readonly #parts: UpkeepParts;
  #timerMs = Infinity;
  #stopTimer: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** There is something to clean: begins, or goes on at the pace that memory asks for. */
  goOn(): void {
    const { cleanupInterval, memory } = this.#parts;
    this.#stopListening ??= listenTo(memory, () => {
      this.#clean();
    });
    const pressed = pressureOf(memory) !== 'none';
    this.#setTimer(pressed ? Math.min(cleanupInterval, PRESSED_INTERVAL_MS) : cleanupInterval);
  }

  /** There is nothing to clean. */
  rest(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#setTimer(Infinity);
  }

  #clean(): void {
    this.#parts.clean();
    // Unless that has left nothing.
    if (this.#stopListening !== undefined) this.goOn();
  }

  #setTimer(ms: number): void {
    if (this.#timerMs === ms) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#timerMs = ms;
    if (ms === Infinity) return;
    this.#stopTimer = this.#parts.timers.every(ms, () => {
      this.#clean();
    });
  }
}
