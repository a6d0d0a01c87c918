import type { Caution } from './caution.js';
import type { Candidate } from './estimation.js';
import type { Exploration } from './exploration.js';
import { fixedChoice } from './intent.js';
import type { Intent } from './strategy.js';

/** Which candidate was taken, and on what grounds. */
export interface Choice {
  readonly chosen: Candidate;
  readonly grounds: 'only' | 'best' | 'kept' | 'explored' | 'fixed';
}

/**
 * By how many standard deviations of their difference what was learned to be best must be ahead of what would have been
 * taken beforehand. It keeps learning from making things worse: what is not sure is not done.
 */
const SURE = 0.6;

/** What may still be lost: to learning that was wrong, and to trials. `exploration` is missing where nothing is decided. */
export interface Accounts {
  readonly caution: Caution;
  readonly exploration?: Exploration | undefined;
}

/**
 * Takes the best by what was learned if it is surely better than the best by the prior; else that; and now and then
 * another one, to learn about it.
 * @param candidates in the order of `Estimation.candidates`
 * @param doubtBetween standard deviation of how far two candidates are apart
 * @param accounts of what may be lost; those of a preview are only looked at
 */
export function choose(
  candidates: readonly Candidate[],
  intent: Intent,
  doubtBetween: (a: Candidate, b: Candidate) => number,
  { caution, exploration }: Accounts,
): Choice | undefined {
  const feasible = candidates.filter(({ estimate }) => estimate.feasible);
  if (intent === 'predictable') {
    const fixed = fixedChoice(feasible.map(({ estimate }) => estimate));
    const chosen = feasible.find(({ estimate }) => estimate === fixed);
    return chosen === undefined ? undefined : { chosen, grounds: 'fixed' };
  }
  const healthy = feasible.filter(({ estimate }) => !estimate.suspended);
  const [best = feasible[0], ...others] = healthy;
  if (best === undefined) return undefined;
  if (others.length === 0) return { chosen: best, grounds: feasible.length === 1 ? 'only' : 'best' };
  const expected = others.reduce((a, b) => (b.priorScore < a.priorScore ? b : a), best);
  const isSure = expected === best || isSurelyBetter(best, expected, doubtBetween(best, expected), caution);
  const chosen = isSure ? best : expected;
  if (exploration !== undefined) {
    const usual = expected.prediction.logMs;
    caution.earn(usual);
    if (chosen !== expected) caution.departed(usual, worthBeside(chosen, expected));
  }
  const trial = exploration?.trial(chosen.prediction.logMs, () =>
    healthy
      .filter((candidate) => candidate !== chosen)
      .map((candidate) => ({
        candidate,
        logMs: worthBeside(candidate, chosen),
        doubt: doubtBetween(candidate, chosen),
      })),
  );
  if (trial !== undefined) return { chosen: trial.candidate, grounds: 'explored' };
  return { chosen, grounds: isSure ? 'best' : 'kept' };
}

function isSurelyBetter(best: Candidate, expected: Candidate, doubt: number, caution: Caution): boolean {
  if (expected.score - best.score < SURE * doubt) return false;
  return caution.allows(expected.prediction.logMs, worthBeside(best, expected), doubt);
}

/** What a candidate takes beside another one, the memory that it saves or costs counted as time. */
function worthBeside(candidate: Candidate, other: Candidate): number {
  return other.prediction.logMs + candidate.score - other.score;
}
