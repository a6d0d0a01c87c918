import type { HeapReader, Instruments } from '../ports.js';
import type { Sampler, Witness } from '../sampler.js';
import type { Session } from '../session.js';
import { median } from '../statistics.js';

/**
 * # Bytes allocated by a call
 *
 * The heap grows by what is allocated until a collection takes some of it away, and nothing in Node 20 counts allocations as
 * such. So the heap is read before and after a handful of calls, and windows that a collection fell into are thrown away;
 * where every window was hit, a window of fewer calls is tried, down to a single one. The reading allocates as well: what
 * two readings without a call between them differ by is taken off. Without a clean window the answer is unknown.
 */
const WINDOWS = 7;
const ENOUGH = 3;
const SHRINK = 8;

/** The median over clean windows, or `undefined`. Uses at most `limitMs`, one window apart. */
export async function allocatedBytes(
  sampler: Sampler,
  session: Session,
  limitMs: number,
): Promise<number | undefined> {
  const began = session.elapsedMs;
  const own = readingCost(session.instruments.heap);
  const batch = sampler.calls;
  try {
    for (;;) {
      const windows: Window[] = [];
      sampler.witness = watching(windows, session.instruments);
      for (let i = 0; i < WINDOWS && (i === 0 || session.elapsedMs - began < limitMs); i++) {
        const taken = sampler.take();
        if (taken !== undefined) await taken;
        if (session.mustBreathe) await session.breathe();
      }
      const pauses = await session.gc.take();
      const clean = windows.filter(
        (w) =>
          w.bytes >= 0 &&
          !pauses.some((p) => p.startedAt <= w.ended && p.startedAt + p.durationMs >= w.began),
      );
      if (clean.length >= ENOUGH) {
        return Math.max(0, median(clean.map(({ bytes }) => bytes)) - own) / sampler.calls;
      }
      if (sampler.calls === 1 || session.elapsedMs - began >= limitMs) return undefined;
      sampler.calls = Math.max(1, Math.floor(sampler.calls / SHRINK));
    }
  } finally {
    sampler.witness = undefined;
    sampler.calls = batch;
  }
}

interface Window {
  readonly began: number;
  readonly ended: number;
  readonly bytes: number;
}

function watching(windows: Window[], { heap, clock }: Instruments): Witness {
  let began = 0;
  let held = 0;
  return {
    before() {
      began = clock.now();
      held = heap.read();
    },
    after() {
      const bytes = heap.read() - held;
      windows.push({ began, ended: clock.now(), bytes });
    },
  };
}

function readingCost(heap: HeapReader): number {
  const costs: number[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    const before = heap.read();
    costs.push(heap.read() - before);
  }
  return Math.max(0, median(costs));
}
