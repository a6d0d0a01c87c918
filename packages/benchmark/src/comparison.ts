import { isDeepStrictEqual } from 'node:util';
import { shown } from '@perf/internal/errors';
import { conclude } from './conclusion.js';
import { BenchmarkError } from './errors.js';
import type { ResolvedCompare } from './options.js';
import { Pairs, type PairAnalysis } from './pairs.js';
import { shuffled, type Random } from './random.js';
import type { ComparisonResult } from './result.js';
import type { Sampler } from './sampler.js';
import type { Session } from './session.js';
import { sampleLength } from './timer.js';
import { decide, Looks, moreTime, type Verdict } from './verdict.js';
import { lengthen, warmUp } from './warm-up.js';

/** The share of the budget that is there for samples once the functions are warm. */
const SAMPLING_SHARE = 0.8;
/** A bound on the rounds of one run, whatever the clock says. */
const MOST_ROUNDS = 200_000;

/** One candidate against the base; it leaves the rotation as soon as its question is decided. */
export interface Duel {
  readonly sampler: Sampler;
  readonly pairs: Pairs;
  found: Finding;
}

/** What the last look at a duel said. */
export interface Finding extends PairAnalysis {
  readonly verdict: Verdict;
  readonly moreMs: number;
}

/** Times the candidates against the base, round by round, until every question is decided or the budget is gone. */
export async function runComparison(
  base: Sampler,
  rivals: readonly [Sampler, ...Sampler[]],
  o: ResolvedCompare,
  session: Session,
): Promise<ComparisonResult> {
  const samplers = [base, ...rivals];
  await probe(base, rivals, o.equal, session);
  const shareMs = (session.budgetMs * SAMPLING_SHARE) / samplers.length;
  const sampleMs = sampleLength(session.timer, shareMs);
  const warm = await warmUp(samplers, session, {
    sampleMs,
    calls: o.batch,
  });
  const [first, ...others] = rivals;
  const duels = [openDuel(first, o.margin), ...others.map((rival) => openDuel(rival, o.margin))] as const;
  await fight(base, duels, { ...o, sampleMs }, session);
  const elapsedMs = session.elapsedMs;
  const pauses = await session.gc.take();
  return conclude(base, duels, {
    pauses,
    timer: session.timer,
    warm,
    elapsedMs,
    budgetMs: session.budgetMs,
    margin: o.margin,
    confidence: o.confidence,
  });
}

async function probe(
  base: Sampler,
  rivals: readonly Sampler[],
  equal: ResolvedCompare['equal'],
  session: Session,
): Promise<void> {
  const wanted = await base.probe();
  await session.breathe();
  for (const rival of rivals) {
    const output = await rival.probe();
    await session.breathe();
    if (equal === false) continue;
    requireEqual([base.name, wanted], [rival.name, output], equal === true ? isDeepStrictEqual : equal);
  }
}

function requireEqual(
  [base, wanted]: readonly [string, unknown],
  [rival, output]: readonly [string, unknown],
  equal: (base: unknown, candidate: unknown) => boolean,
): void {
  const message = `'${rival}' must return what '${base}' returns, ${shown(wanted)}; it returned ${shown(output)}`;
  let same: boolean;
  try {
    same = equal(wanted, output);
  } catch (cause) {
    throw new BenchmarkError('ERR_PERF_BENCHMARK_UNEQUAL', message, { cause });
  }
  if (!same) throw new BenchmarkError('ERR_PERF_BENCHMARK_UNEQUAL', message);
}

async function fight(
  base: Sampler,
  duels: readonly Duel[],
  o: ResolvedCompare & { sampleMs: number },
  session: Session,
): Promise<void> {
  const looks = new Looks(1 - o.confidence);
  const beganAt = session.elapsedMs;
  // Whoever is slower than the budget gets one couple of rounds all the same, and the answer that it is not enough.
  const forMs = Math.max(session.budgetMs - beganAt, Number.MIN_VALUE);
  for (let rounds = 2; ; rounds += 2) {
    const open = duels.filter(isOpen);
    await couple(base, open, session.random);
    if (session.mustBreathe) {
      await session.breathe();
      if (o.batch === undefined) lengthen([base, ...open.map(({ sampler }) => sampler)], o.sampleMs);
    }
    const elapsedMs = session.elapsedMs - beganAt;
    const perCouple = elapsedMs / (rounds / 2);
    const over = !(elapsedMs + perCouple <= forMs) || rounds >= MOST_ROUNDS;
    const used = over ? 1 : elapsedMs / forMs;
    if (!looks.due(used)) continue;
    const error = looks.spend(used);
    for (const duel of open) duel.found = judge(duel.pairs, { error, elapsedMs, margin: o.margin });
    if (over || !duels.some(isOpen)) break;
  }
  for (const { sampler, pairs } of duels) {
    if (pairs.size > 0) continue;
    throw new BenchmarkError(
      'ERR_PERF_BENCHMARK_CLOCK',
      `the clock gave no sensible time for any pair of '${base.name}' and '${sampler.name}'`,
    );
  }
}

/** Two rounds, the second in the reverse order of the first. */
async function couple(base: Sampler, open: readonly Duel[], random: Random): Promise<void> {
  const order = shuffled([base, ...open.map(({ sampler }) => sampler)], random);
  for (const round of [order, order.toReversed()]) {
    for (const sampler of round) {
      const taken = sampler.take();
      if (taken !== undefined) await taken;
    }
    const basePlace = round.indexOf(base);
    for (const { sampler, pairs } of open) {
      pairs.add(base.lastPerCall, sampler.lastPerCall, round.indexOf(sampler) > basePlace);
    }
  }
}

function openDuel(sampler: Sampler, margin: number): Duel {
  const pairs = new Pairs();
  return { sampler, pairs, found: judge(pairs, { error: 0.5, elapsedMs: 0, margin }) };
}

function isOpen(duel: Duel): boolean {
  return duel.found.verdict === 'undecided';
}

function judge(pairs: Pairs, o: { error: number; elapsedMs: number; margin: number }): Finding {
  const found = pairs.analyse(o.error);
  return {
    ...found,
    verdict: decide(found.low, found.high, o.margin),
    moreMs: moreTime({ ...found, ...o }),
  };
}
