import { formatDuration } from '@perf/internal/duration';
import type { Warning } from '../warning.js';
import { wrapped } from './drawing.js';

/** How figures are written in every table. */
export function showRatio(value: number): string {
  return value >= 100 || !Number.isFinite(value) ? value.toPrecision(3) : value.toFixed(value >= 10 ? 2 : 3);
}

export function showInterval([low, high]: readonly [low: number, high: number]): string {
  return Number.isFinite(high) ? `${showRatio(low)} .. ${showRatio(high)}` : 'too few pairs';
}

/** `0.95` as `95 %`. */
export function showShare(share: number): string {
  return `${String(Number((share * 100).toFixed(2)))} %`;
}

export function thousands(value: number): string {
  for (const [unit, scale] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= scale) return `${(value / scale).toPrecision(3)} ${unit}`;
  }
  return value.toPrecision(3);
}

/** How much longer an open question would take. */
export function showForecast(
  { moreMs, candidate }: { readonly moreMs?: number; readonly candidate: string },
  width: number,
): string[] {
  if (moreMs === undefined) return [];
  const more = Number.isFinite(moreMs)
    ? `about ${formatDuration(moreMs)} more would decide`
    : 'no longer run would decide for sure: the ratio lies on the edge of the margin';
  return wrapped(`undecided about '${candidate}': ${more}`, width);
}

export function drawWarnings(list: readonly Warning[], width: number): string[] {
  return list.flatMap(({ code, message }) => wrapped(`! ${code}: ${message}`, width));
}

/** Characters a line has where nothing else is said. */
export const WIDTH: number = 100;
