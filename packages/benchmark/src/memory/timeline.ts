import type { MemorySample } from './probe.js';

/** A timeline is for drawing; more points than this show no more. */
const MOST_POINTS = 512;

/** At most 512 samples in order of time, counted from `beganAt`; of each stretch the highest one is kept. */
export function timelineOf(samples: readonly MemorySample[], beganAt: number): MemorySample[] {
  const count = Math.min(MOST_POINTS, samples.length);
  const kept: MemorySample[] = [];
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * samples.length) / count);
    const to = Math.floor(((i + 1) * samples.length) / count);
    let highest: MemorySample | undefined;
    for (const sample of samples.slice(from, to)) {
      if (highest === undefined || sample.rssBytes > highest.rssBytes) highest = sample;
    }
    if (highest !== undefined) kept.push({ ...highest, atMs: highest.atMs - beganAt });
  }
  return kept;
}
