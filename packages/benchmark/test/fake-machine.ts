import type { CpuTime, GcPause, LoopDelay, PerformanceBenchmarkOptions } from '../src/index.js';
import { seededRandom, type Random } from '../src/random.js';

/**
 * A machine whose time passes only when somebody spends it: functions under test call `spend`, and everything the engine
 * may read is a field.
 */
export class FakeMachine {
  now = 0;
  /** What one reading of the clock takes. */
  readMs = 0.00005;
  /** The clock shows multiples of this. */
  stepMs = 0;
  heapBytes = 0;
  cpu: CpuTime = { userMs: 0, systemMs: 0 };
  pauses: GcPause[] = [];
  loopDelay: LoopDelay | undefined;
  loopWatches = 0;
  gcWatches = 0;
  turns = 0;
  onTurn: () => void = () => undefined;

  spend(ms: number): void {
    this.now += ms;
  }

  /** A collection here and now. */
  collect(ms: number): void {
    this.pauses.push({ startedAt: this.now, durationMs: ms });
    this.now += ms;
  }

  options(seed = 1): PerformanceBenchmarkOptions {
    return {
      seed,
      clock: {
        now: () => {
          this.now += this.readMs;
          return this.stepMs === 0 ? this.now : Math.floor(this.now / this.stepMs) * this.stepMs;
        },
      },
      gc: {
        watch: () => {
          this.gcWatches += 1;
          return {
            take: () => Promise.resolve(this.pauses),
            close: () => {
              this.gcWatches -= 1;
            },
          };
        },
      },
      heap: { read: () => this.heapBytes },
      cpu: { read: () => this.cpu },
      loopDelay: {
        watch: () => {
          this.loopWatches += 1;
          return () => {
            this.loopWatches -= 1;
            return this.loopDelay;
          };
        },
      },
      pause: () => {
        this.turns += 1;
        this.onTurn();
        return Promise.resolve();
      },
    };
  }
}

/** Standard normal numbers (Box and Muller). */
export function normals(random: Random): Random {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Noise of a shared machine: a factor that wanders, single calls that scatter, and now and then a call that takes ten times as long. */
export function noise(o: { seed: number; scatter?: number; wander?: number; stalls?: number }): () => number {
  const random = seededRandom(o.seed);
  const normal = normals(random);
  let slow = 0;
  return () => {
    slow = 0.98 * slow + 0.2 * normal();
    const stall = random() < (o.stalls ?? 0) ? 10 : 1;
    return Math.exp((o.wander ?? 0) * slow + (o.scatter ?? 0) * normal()) * stall;
  };
}
