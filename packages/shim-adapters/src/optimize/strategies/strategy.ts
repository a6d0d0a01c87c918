import type { ConvertOptions } from '../../adapter.js';
import type { AnyRequest } from '../../request.js';
import type { ConversionResult } from '../../result.js';
import type { ConversionPath } from '../../route.js';
import type { PlanLike } from '../ports.js';

/** One conversion that is to be carried out. */
export interface Job {
  readonly path: ConversionPath;
  readonly request: AnyRequest;
  readonly options: ConvertOptions;
  /** What the selector expects of it. */
  readonly plan: PlanLike;
}

/** A way of carrying conversions out. What comes back is the same whatever the way. */
export interface StrategyRun {
  readonly name: string;
  /** Whether this one can be carried out in this way. */
  can(path: ConversionPath, request: AnyRequest): boolean;
  run(job: Job): Promise<ConversionResult>;
}
