import { parseBytes, type ByteSize } from '@perf/internal/bytes';
import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { invalidOption } from '../cache-error.js';
import { type Limits } from '../policy/entry-facts.js';
import { POLICY_NAMES, type PolicyName } from '../policy/policy-name.js';
import { type EvictionPolicy } from '../policy/policy.js';
import { optimalHits } from './optimal.js';
import { Simulation, type SimulationResult } from './simulation.js';
import { readAccess, type Access, type TraceEntry } from './trace.js';

/** What is tried out on a trace. */
export interface SimulationOptions {
  /**
   * Policies by name, new ones of your own, or `'optimal'`: what a cache would answer that knows the future, which can
   * be told only for a limit on entries.
   */
  readonly policies: readonly (PolicyName | 'optimal' | EvictionPolicy)[];
  /** Entries at most. Default: no limit. */
  readonly maxEntries?: number;
  /** Bytes at most, of the sizes in the trace. Default: no limit. */
  readonly maxBytes?: ByteSize;
}

/**
 * What each policy would have made of a trace of requests, at given limits: a cache without values that runs the very
 * code of the real one. A request for what is not there adds it. Nothing expires.
 *
 * Cost: 0.1 to 0.6 us for each request and policy; the trace is read once, and kept only for `'optimal'`.
 *
 * @throws CacheError `ERR_PERF_CACHE_INVALID_OPTION` for impossible options or requests
 */
export function simulate(trace: Iterable<TraceEntry>, options: SimulationOptions): SimulationResult[] {
  refuseUnknown(options, ['policies', 'maxEntries', 'maxBytes'], invalidOption);
  const limits = readLimits(options);
  const policies = options.policies.map((policy) => readPolicy(policy, limits));
  const simulations = policies.map((policy) =>
    policy === 'optimal' ? undefined : new Simulation(policy, limits),
  );
  const kept: Access[] = [];
  const keep = policies.includes('optimal');
  let place = 0;
  for (const entry of trace) {
    const access = readAccess(entry, ++place);
    if (keep) kept.push(access);
    for (const simulation of simulations) simulation?.access(access);
  }
  return simulations.map((simulation) => simulation?.result() ?? optimal(kept, limits));
}

function optimal(trace: readonly Access[], limits: Limits): SimulationResult {
  const hits = optimalHits(trace, limits.maxEntries);
  const requests = trace.length;
  const hitRate = requests === 0 ? 0 : hits / requests;
  return {
    policy: 'optimal',
    ...limits,
    ...{ requests, hits, hitRate, byteHitRate: hitRate, savedMs: hits, savedRate: hitRate },
    evictions: 0,
    refused: 0,
  };
}

function readLimits({ maxEntries = Infinity, maxBytes = Infinity }: SimulationOptions): Limits {
  const limits = {
    maxEntries: parseCount(maxEntries, 'maxEntries', invalidOption),
    maxBytes: parseBytes(maxBytes, 'maxBytes', invalidOption, true),
  };
  if (limits.maxEntries === Infinity && limits.maxBytes === Infinity) {
    throw invalidOption(
      'simulate needs maxEntries, maxBytes or both: without a limit nothing is ever given up',
    );
  }
  return limits;
}

function readPolicy(policy: SimulationOptions['policies'][number], limits: Limits): typeof policy {
  if (typeof policy !== 'string') return policy;
  if (policy === 'optimal' && (limits.maxBytes !== Infinity || limits.maxEntries === Infinity)) {
    throw invalidOption("'optimal' can be told for a limit on entries only: leave out maxBytes");
  }
  if (policy === 'optimal' || POLICY_NAMES.includes(policy)) return policy;
  const known = [...POLICY_NAMES, 'optimal'].map((name) => `'${name}'`).join(', ');
  throw invalidOption(`policies must be among ${known}, or policies of your own; given ${shown(policy)}`);
}
