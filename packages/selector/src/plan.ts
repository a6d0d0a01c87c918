import type { Choice } from './choice.js';
import type { Candidate, Request } from './estimation.js';
import { reasonFor } from './explanation.js';
import type { Familiarity } from './reuse.js';
import type { Estimate, OptimizationPlan } from './strategy.js';

/** On what a plan was made. */
export interface Grounds {
  /** Who made it. */
  readonly owner: object;
  readonly request: Request;
  readonly familiarity: Familiarity;
  readonly choice: Choice;
  readonly candidates: readonly Candidate[];
  /** How likely the same request is to come again. */
  readonly reuseProbability: number;
  answered: boolean;
}

/** A plan that knows its grounds; a copy of it does not. */
export class Plan implements OptimizationPlan {
  readonly #grounds: Grounds;
  readonly id: number;
  readonly strategy: string;
  readonly explored: boolean;
  readonly estimates: readonly Estimate[];
  readonly fallbacks: readonly string[];
  readonly reuseProbability: number;

  constructor(id: number, grounds: Grounds) {
    const { choice, candidates, reuseProbability } = grounds;
    const estimates: Estimate[] = [];
    const fallbacks: string[] = [];
    for (const candidate of candidates) {
      estimates.push(candidate.estimate);
      if (candidate !== choice.chosen && candidate.estimate.feasible)
        fallbacks.push(candidate.estimate.strategy);
    }
    this.#grounds = grounds;
    this.id = id;
    this.strategy = choice.chosen.estimate.strategy;
    this.explored = choice.grounds === 'explored';
    this.estimates = estimates;
    this.fallbacks = fallbacks;
    this.reuseProbability = reuseProbability;
  }

  /** Words cost more than the decision, and few look at them. */
  get reason(): string {
    return reasonFor(this.#grounds.choice, this.#grounds.candidates);
  }

  static groundsOf(plan: OptimizationPlan): Grounds | undefined {
    const given: unknown = plan;
    return typeof given === 'object' && given !== null && #grounds in given ? given.#grounds : undefined;
  }
}
