import { analyze } from './analysis/analyze.js';
import { Calibration } from './calibration.js';
import type { DataCharacteristics } from './characteristics.js';
import { Caution } from './caution.js';
import { choose } from './choice.js';
import { SelectorError } from './errors.js';
import { Estimation, type Candidate, type Request } from './estimation.js';
import { selectChannel } from './events.js';
import { explanation } from './explanation.js';
import { Exploration } from './exploration.js';
import { checkCharacteristics, checkContext, checkOutcome, checkText } from './input.js';
import { measureMachine, type MachineSpeed } from './machine.js';
import { resolveOptions, type ResolvedOptions, type SelectorOptions } from './options.js';
import type { Outcome } from './outcome.js';
import { Peaks } from './peaks.js';
import { Plan, type Grounds } from './plan.js';
import { seededRandom } from './random.js';
import { Reuse } from './reuse.js';
import { analyzeSource, type AnalyzableSource } from './analysis/source.js';
import { restoreState, stateOf, type Memory, type SelectorState } from './state.js';
import type { SelectorStatistics } from './statistics.js';
import type { OptimizationPlan, SelectionContext } from './strategy.js';
import { Suspension } from './suspension.js';

/**
 * Chooses how a conversion is carried out: the best strategy by an analytic cost model whose coefficients are corrected
 * by every outcome. Deciding costs the same whatever the size of the data, and remembers nothing of it.
 */
export class OptimizationSelector {
  readonly #options: ResolvedOptions;
  readonly #calibration: Calibration;
  readonly #peaks = new Peaks();
  readonly #reuse = new Reuse();
  readonly #suspension: Suspension;
  readonly #estimation: Estimation;
  readonly #exploration: Exploration;
  readonly #caution = new Caution();
  readonly #chosen: Record<string, number>;
  /** Outcomes that were told and not yet learned from. */
  #untaught: (() => void)[] = [];
  #scheduled = false;
  #machine: MachineSpeed | undefined;
  #restored: SelectorStatistics['restored'] = 'none';
  #decisions = 0;
  #explored = 0;
  #observed = 0;
  #failures = 0;

  /** @throws SelectorError `ERR_PERF_SELECTOR_INVALID_OPTION` */
  constructor(options?: SelectorOptions) {
    this.#options = resolveOptions(options);
    const { models, clock, explore, seed, machine, state } = this.#options;
    const names = models.map(({ name }) => name);
    this.#calibration = new Calibration(names);
    this.#suspension = new Suspension(clock);
    this.#estimation = new Estimation(models, this.#calibration, this.#peaks, this.#suspension);
    this.#exploration = new Exploration(explore, seededRandom(seed));
    this.#chosen = Object.fromEntries(names.map((name) => [name, 0]));
    this.#machine = machine;
    if (state !== undefined) this.#restore(state);
  }

  /** What the data is like, from a sample. */
  analyze(data: unknown): DataCharacteristics {
    return analyze(data);
  }

  /** What a source is like, from its header and a sample, without blocking the event loop. */
  analyzeSource(
    source: AnalyzableSource,
    options?: { readonly signal?: AbortSignal },
  ): Promise<DataCharacteristics> {
    return analyzeSource(source, options);
  }

  /**
   * The strategy for data like this. What is not known is left out: without `conversionMs` the time is taken from
   * the bytes, without `resultBytes` the result is taken to be as large as the source.
   * @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` when nothing can be carried out, and for NaN, negative
   * or endless numbers
   */
  select(characteristics: Partial<DataCharacteristics>, context: SelectionContext = {}): OptimizationPlan {
    const grounds = this.#decide(characteristics, context, this.#exploration);
    const { choice } = grounds;
    this.#reuse.see(context.key);
    this.#decisions += 1;
    const { strategy } = choice.chosen.estimate;
    this.#chosen[strategy] = (this.#chosen[strategy] ?? 0) + 1;
    if (choice.grounds === 'explored') this.#explored += 1;
    return new Plan(this.#decisions, grounds);
  }

  /**
   * What `select` would decide now, without exploring, without counting and without remembering it: for explaining.
   * @throws SelectorError as `select` does
   */
  preview(characteristics: Partial<DataCharacteristics>, context: SelectionContext = {}): OptimizationPlan {
    return new Plan(0, { ...this.#decide(characteristics, context), answered: true });
  }

  /**
   * What came of a plan, once; it is learned from soon, off the path of requests, and before the next decision at the
   * latest. Changes nothing for a plan that was answered already or that another selector made.
   * @throws SelectorError `ERR_PERF_SELECTOR_INVALID_INPUT` when the duration is no number of milliseconds, at least 0
   */
  feedback(plan: OptimizationPlan, outcome: Outcome): void {
    checkOutcome(outcome);
    const grounds = this.#groundsOf(plan);
    if (grounds === undefined || grounds.answered) return;
    grounds.answered = true;
    this.#judge(plan, grounds.request.route, outcome);
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#options.schedule(() => {
        this.#scheduled = false;
        this.#settle();
      });
    }
    this.#untaught.push(() => {
      this.#learn(plan, grounds, outcome);
    });
  }

  /** A request was answered by the cache, before a strategy had to be chosen: that is learned of its like. */
  noteHit(key: string): void {
    checkText(key, 'key');
    const familiarity = this.#reuse.familiarity(key);
    this.#reuse.see(key);
    this.#reuse.observe(true, familiarity);
  }

  /** A paragraph for people: every estimate, what decided, how sure that is, and what would change the choice. */
  explain(plan: OptimizationPlan): string {
    this.#settle();
    const grounds = this.#groundsOf(plan);
    if (grounds === undefined) return plan.reason;
    const { request, choice, candidates } = grounds;
    return explanation(plan, {
      choice,
      candidates,
      learned: this.#observed + this.#failures,
      doubtBetween: this.#doubtBetween(request),
      chosenFor: (scale) => this.#chosenFor(request, scale),
      reuseProbability: request.hitProbability,
    });
  }

  /** By what factors the shared coefficients of the cost model are off, and within what factors that is known. */
  coefficients(): { readonly name: string; readonly factor: number; readonly within: number }[] {
    this.#settle();
    return this.#calibration.coefficients();
  }

  /** Everything learned, as plain data for `JSON.stringify`: hand it to another selector as its `state`. */
  toJSON(): SelectorState {
    this.#settle();
    return stateOf(this.#memory(), this.#speed(), this.#taught());
  }

  /** A frozen snapshot; the counting rules are those of `SelectorStatistics`. */
  stats(): SelectorStatistics {
    this.#settle();
    return Object.freeze({
      decisions: this.#decisions,
      explored: this.#explored,
      observed: this.#observed,
      failures: this.#failures,
      reuseProbability: this.#reuse.probability,
      chosen: Object.freeze({ ...this.#chosen }),
      restored: this.#restored,
    });
  }

  #decide(
    characteristics: Partial<DataCharacteristics>,
    context: SelectionContext,
    exploration?: Exploration,
  ): Grounds {
    this.#settle();
    checkCharacteristics(characteristics);
    checkContext(context);
    const familiarity = this.#reuse.familiarity(context.key);
    const request = this.#estimation.request(
      characteristics,
      context,
      this.#reuse.hit(familiarity),
      context.intent ?? this.#options.intent,
    );
    const candidates = this.#estimation.candidates(request);
    const choice = choose(candidates, request.intent, this.#doubtBetween(request), {
      caution: this.#caution,
      exploration,
    });
    if (choice === undefined) throw this.#estimation.nothingFits(request, candidates);
    const reuseProbability = this.#reuse.again(familiarity);
    return { owner: this, request, familiarity, choice, candidates, reuseProbability, answered: false };
  }

  #groundsOf(plan: OptimizationPlan): Grounds | undefined {
    const grounds = Plan.groundsOf(plan);
    return grounds?.owner === this ? grounds : undefined;
  }

  /** Failures count from the moment they are told: the very next decision is to know. */
  #judge(
    plan: OptimizationPlan,
    route: string,
    { error, cacheHit, strategy = plan.strategy }: Outcome,
  ): void {
    if (error !== undefined) this.#suspension.fail(plan.strategy, route);
    if (cacheHit === true || (error !== undefined && strategy === plan.strategy)) return;
    this.#suspension.succeed(strategy, route);
  }

  #learn(plan: OptimizationPlan, { request, familiarity, candidates }: Grounds, outcome: Outcome): void {
    const { durationMs, peakBytes, cacheHit = false, error, strategy = plan.strategy } = outcome;
    const { route, work } = request;
    if (error !== undefined) {
      this.#failures += 1;
      if (strategy === plan.strategy) return;
    }
    this.#reuse.observe(cacheHit, familiarity);
    if (cacheHit) return;
    if (error === undefined) this.#observed += 1;
    if (request.intent === 'predictable') return;
    selectChannel.publish(() => ({
      strategy,
      estimates: plan.estimates,
      regretMs: Math.max(0, durationMs - Math.min(...feasibleMs(candidates))),
    }));
    const cost = this.#estimation.costOf(work, strategy);
    if (cost === undefined) return;
    this.#calibration.observe(route, work.sourceMb, cost, durationMs);
    if (peakBytes !== undefined) {
      this.#peaks.observe(strategy, this.#estimation.peakOf(work, strategy), peakBytes);
    }
  }

  #settle(): void {
    if (this.#untaught.length === 0) return;
    const lessons = this.#untaught;
    this.#untaught = [];
    for (const learn of lessons) learn();
  }

  #restore(state: unknown): void {
    try {
      this.#restored = restoreState(state, this.#memory(), () => this.#speed());
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      this.#restored = 'refused';
      this.#options.onError(error);
    }
  }

  #memory(): Memory {
    return {
      strategies: this.#options.models.map(({ name }) => name),
      calibration: this.#calibration,
      reuse: this.#reuse,
      peaks: this.#peaks,
    };
  }

  #speed(): MachineSpeed {
    this.#machine ??= measureMachine();
    return this.#machine;
  }

  #taught(): number {
    return this.#observed + (typeof this.#restored === 'number' ? this.#restored : 0);
  }

  #doubtBetween({ route }: Request): (a: Candidate, b: Candidate) => number {
    return (a, b) => this.#calibration.doubtBetween(route, a.prediction, b.prediction);
  }

  /** What would be taken for a source so many times as large. */
  #chosenFor(
    { characteristics, context, hitProbability, intent }: Request,
    scale: number,
  ): string | undefined {
    const scaled = { ...characteristics };
    for (const field of ['bytes', 'conversionMs', 'resultBytes', 'intermediateBytes'] as const) {
      const known = scaled[field];
      if (known !== undefined) Object.assign(scaled, { [field]: known * scale });
    }
    const request = this.#estimation.request(scaled, context, hitProbability, intent);
    const candidates = this.#estimation.candidates(request);
    return choose(candidates, intent, this.#doubtBetween(request), { caution: this.#caution })?.chosen
      .estimate.strategy;
  }
}

function feasibleMs(candidates: readonly Candidate[]): number[] {
  return candidates.flatMap(({ estimate }) => (estimate.feasible ? [estimate.missMs] : []));
}
