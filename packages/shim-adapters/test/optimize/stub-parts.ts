import type {
  Executor,
  PlanLike,
  RequestFacts,
  SelectionContext,
  SelectorLike,
} from '../../src/optimize/ports.js';

/** What a selector was told of an outcome. */
export type Outcome = Parameters<SelectorLike['feedback']>[1];

/** A selector that always decides the same, and remembers what it was asked and told. */
export class FixedSelector implements SelectorLike {
  readonly asked: { facts: RequestFacts; context: SelectionContext }[] = [];
  readonly previewed: SelectionContext[] = [];
  readonly told: { plan: PlanLike; outcome: Outcome }[] = [];
  readonly hits: string[] = [];
  readonly plan: PlanLike;

  constructor(strategy: string) {
    this.plan = { strategy, fallbacks: ['cache-first'], reason: `always ${strategy}` };
  }

  select(facts: RequestFacts, context: SelectionContext): PlanLike {
    this.asked.push({ facts, context });
    return this.plan;
  }

  preview(_facts: RequestFacts, context: SelectionContext): PlanLike {
    this.previewed.push(context);
    return this.plan;
  }

  feedback(plan: PlanLike, outcome: Outcome): void {
    this.told.push({ plan, outcome });
  }

  noteHit(key: string): void {
    this.hits.push(key);
  }

  explain(plan: PlanLike): string {
    return `${plan.reason}, as it was built to do.`;
  }
}

/** An executor on which every task fails. */
export class FailingExecutor implements Executor {
  readonly concurrency = 2;
  readonly error: Error;
  tasks = 0;

  constructor(error: Error = new Error('no thread could be started')) {
    this.error = error;
  }

  run<R>(): Promise<R> {
    this.tasks += 1;
    return Promise.reject(this.error);
  }
}
