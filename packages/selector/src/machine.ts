import { systemClock, type Clock } from '@perf/internal/clock';

/** How fast a machine is, by two small tasks. What was learned on one machine is scaled by their ratio on another. */
export interface MachineSpeed {
  /** Milliseconds to read a fixed text as numbers. */
  readonly computeMs: number;
  /** Milliseconds to copy 4 MB. */
  readonly copyMs: number;
}

const ROUNDS = 7;
const NUMBERS = 20_000;
const COPIED = 4 * 2 ** 20;

/** Measures this machine, in about 10 ms on the calling thread. The best of seven rounds: pauses only make it slower. */
export function measureMachine(clock: Clock = systemClock): MachineSpeed {
  const text = Array.from({ length: NUMBERS }, (_, i) => String((i * 7919) % 10_007)).join(',');
  const [source, target] = [new Uint8Array(COPIED).fill(1), new Uint8Array(COPIED).fill(2)];
  return {
    computeMs: fastest(clock, () => digits(text)),
    copyMs: fastest(clock, () => {
      target.set(source);
      return target[0] ?? 0;
    }),
  };
}

function fastest(clock: Clock, task: () => number): number {
  let best = Infinity;
  let result = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = clock.now();
    result += task();
    best = Math.min(best, clock.now() - started);
  }
  // A clock too coarse for the task, and a result that nobody may leave uncomputed.
  return Math.max(best, result < 0 ? 0 : 0.001);
}

function digits(text: string): number {
  let sum = 0;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 44) {
      sum += number;
      number = 0;
    } else number = number * 10 + code - 48;
  }
  return sum + number;
}
