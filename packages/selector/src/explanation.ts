import { formatBytes } from '@perf/internal/bytes';
import { formatDuration } from '@perf/internal/duration';
import type { Estimate, OptimizationPlan } from './strategy.js';

/** Estimates closer than this are not told apart in words. */
const ABOUT_EQUAL = 1.05;

/** One sentence: what was chosen and what decided. */
export function reasonFor(chosen: Estimate, others: readonly Estimate[], explored: boolean): string {
  if (explored) return `${chosen.strategy} is tried to learn what it costs; it is expected to be second best`;
  const rivals = others.filter(({ feasible }) => feasible);
  const [next] = rivals;
  if (next === undefined) return `${chosen.strategy} is the only strategy that can be carried out here`;
  const gap = next.durationMs / Math.max(chosen.durationMs, 1e-6);
  const beside =
    gap < ABOUT_EQUAL ? `about as long as ${next.strategy}` : `${gap.toFixed(1)}x less than ${next.strategy}`;
  return `${chosen.strategy} is expected to take ${formatDuration(chosen.durationMs)}, ${beside}`;
}

/** A paragraph for people: every estimate, what decided, and what would change the choice. */
export function explanation(plan: OptimizationPlan, learned: number): string {
  const list = plan.estimates.map(
    ({ strategy, durationMs, peakBytes, feasible }) =>
      `${strategy} ${formatDuration(durationMs)} and ${formatBytes(peakBytes)}${feasible ? '' : ' (not possible here)'}`,
  );
  const basis =
    learned === 0
      ? 'The estimates are priors; nothing was observed yet.'
      : `The estimates were corrected by ${String(learned)} ${learned === 1 ? 'outcome' : 'outcomes'}.`;
  return `${plan.reason}. Estimates: ${list.join('; ')}. ${basis}${turningPoint(plan)}`;
}

function turningPoint({ strategy, estimates, explored }: OptimizationPlan): string {
  const chosen = estimates.find((estimate) => estimate.strategy === strategy);
  const next = estimates.find((estimate) => estimate.feasible && estimate.strategy !== strategy);
  if (chosen === undefined) return '';
  const excluded = estimates
    .filter(({ feasible, durationMs }) => !feasible && durationMs < chosen.durationMs)
    .map((estimate) => ` ${estimate.strategy} would be taken if it were possible here.`);
  return `${rivalry(chosen, next, explored)}${excluded.join('')}`;
}

function rivalry(chosen: Estimate, next: Estimate | undefined, explored: boolean): string {
  if (next === undefined) return '';
  if (explored) return ` ${next.strategy} would be taken if this were not an exploration.`;
  const margin = (next.durationMs / Math.max(chosen.durationMs, 1e-6)).toFixed(1);
  return ` ${next.strategy} would be taken if ${chosen.strategy} took more than ${margin}x as long as expected.`;
}
