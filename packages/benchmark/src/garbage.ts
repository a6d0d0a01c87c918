import type { GcPause } from './ports.js';
import type { Sampler } from './sampler.js';

/** What the collector did to the samples of one function. Collections between samples are not counted. */
export interface GarbageCollection {
  /** Pauses that fell into samples. */
  readonly count: number;
  /** Their length in milliseconds, cut to the samples. */
  readonly timeMs: number;
  /** The share of samples, `0..1`, that a pause fell into. */
  readonly share: number;
}

/** Matches pauses with samples; both lists are in order of time. */
export function garbageOf(sampler: Sampler, pauses: readonly GcPause[]): GarbageCollection {
  const begins = sampler.beganAt.view();
  const lengths = sampler.lengths.view();
  let count = 0;
  let timeMs = 0;
  let touched = 0;
  let next = 0;
  for (let i = 0; i < begins.length; i++) {
    const began = begins[i] ?? 0;
    const ended = began + (lengths[i] ?? 0);
    let hit = false;
    for (; next < pauses.length; next++) {
      const pause = pauses[next];
      if (pause === undefined || pause.startedAt >= ended) break;
      const overlap = Math.min(ended, pause.startedAt + pause.durationMs) - Math.max(began, pause.startedAt);
      if (pause.startedAt >= began || overlap > 0) {
        hit = true;
        count += 1;
        timeMs += Math.max(0, overlap);
      }
    }
    if (hit) touched += 1;
  }
  return { count, timeMs, share: begins.length === 0 ? 0 : touched / begins.length };
}
