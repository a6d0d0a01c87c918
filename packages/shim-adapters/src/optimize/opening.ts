import type { ConvertOptions } from '../adapter.js';
import type { AnyRequest } from '../request.js';
import type { ConversionResult } from '../result.js';
import type { ConversionPath } from '../route.js';
import { routeText } from '../route-run.js';
import type { Execution } from './execution.js';
import type { Planning } from './planning.js';
import type { PlanLike } from './ports.js';

/** Routes remembered; the one not seen for longest makes room. */
const MAX_ROUTES = 256;
/** How fast the past fades, in handles. */
const FADE = 0.95;

/** How many handles were asked for a column, and for how many different ones. */
interface Touches {
  handles: number;
  columns: number;
}

/**
 * How the columns of opened conversions are loaded: each by itself when it is touched (`lazy-loading`), or all of them
 * at the first touch, kept in the cache, from which the others are taken (`cache-first`). Which of the two takes less
 * depends on how many columns will be touched, which is learned from the handles before.
 */
export class Opening {
  readonly #planning: Planning;
  readonly #execution: Execution;
  readonly #clock: { now(): number };
  readonly #touches = new Map<string, Touches>();

  constructor(planning: Planning, execution: Execution, clock: { now(): number }) {
    this.#planning = planning;
    this.#execution = execution;
    this.#clock = clock;
  }

  /**
   * The way in which one handle gets the table that a column is in.
   * @param isKept whether the whole would be kept: without that, it would be converted again for each column
   */
  columns(
    request: AnyRequest,
    path: ConversionPath,
    isKept: () => boolean,
    convert: (request: AnyRequest, options: ConvertOptions) => Promise<ConversionResult>,
  ): (name: string, options: ConvertOptions) => Promise<unknown> {
    const route = routeText(request.from, path.hops);
    const touched = new Set<string>();
    const done = { columns: 0, ms: 0 };
    let planned: Promise<OpenPlan> | undefined;
    return async (name, options) => {
      planned ??= this.#plan(request, path, route, isKept, options.signal);
      this.#touch(route, touched, name);
      const current = planned;
      const { plan, expected, isLazy } = await current.catch((error: unknown) => {
        // A caller that left must not decide for those who come later.
        if (planned === current) planned = undefined;
        throw error;
      });
      const started = this.#clock.now();
      const wanted: AnyRequest = isLazy ? { ...request, columns: [name] } : request;
      const { data } = await convert({ ...wanted, to: 'columns' }, options);
      done.ms += this.#clock.now() - started;
      done.columns += 1;
      if (isLazy) this.#execution.count('lazy-loading');
      if (plan !== undefined && done.columns === (isLazy ? expected : 1)) {
        this.#planning.outcome(plan, isLazy ? 'lazy-loading' : 'cache-first', done.ms);
      }
      return data;
    };
  }

  async #plan(
    request: AnyRequest,
    path: ConversionPath,
    route: string,
    isKept: () => boolean,
    signal: AbortSignal | undefined,
  ): Promise<OpenPlan> {
    const expected = this.#expected(route);
    if (!this.#planning.isActive || !isKept()) return { plan: undefined, expected, isLazy: true };
    const columns = await this.#planning.columnsOf(request, signal);
    if (columns === undefined) return { plan: undefined, expected, isLazy: true };
    const plan = this.#planning.select(request, path, {
      available: ['lazy-loading', 'cache-first'],
      columns,
      columnsTouched: Math.min(columns, expected),
      reuseProbability: 0,
    });
    return { plan, expected, isLazy: plan.strategy === 'lazy-loading' };
  }

  /** Columns that a handle is asked for, by what others were; one, before any was. */
  #expected(route: string): number {
    const { handles = 0, columns = 0 } = this.#touches.get(route) ?? {};
    return handles === 0 ? 1 : Math.max(1, Math.round(columns / handles));
  }

  #touch(route: string, touched: Set<string>, name: string): void {
    if (touched.has(name)) return;
    const known = this.#touches.get(route) ?? { handles: 0, columns: 0 };
    if (touched.size === 0) {
      known.handles = known.handles * FADE + 1;
      known.columns *= FADE;
    }
    known.columns += 1;
    touched.add(name);
    this.#touches.delete(route);
    this.#touches.set(route, known);
    if (this.#touches.size <= MAX_ROUTES) return;
    for (const oldest of this.#touches.keys()) {
      this.#touches.delete(oldest);
      break;
    }
  }
}

interface OpenPlan {
  readonly plan: PlanLike | undefined;
  readonly expected: number;
  readonly isLazy: boolean;
}
