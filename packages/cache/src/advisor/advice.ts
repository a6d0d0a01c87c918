import { type PolicyName } from '../policy/policy-name.js';
import { simulate } from './simulate.js';
import { type LoadedTrace } from './trace-file.js';

/** What the policies made of a trace at several sizes of the cache. */
export interface Advice {
  readonly requests: number;
  readonly keys: number;
  /** What the limit is on, and how much of it all keys together take. */
  readonly unit: 'entries' | 'bytes';
  readonly total: number;
  /** What is compared: requests answered, or milliseconds saved, as a share of all. */
  readonly measure: 'hits' | 'time';
  readonly sizes: readonly number[];
  readonly rows: readonly { readonly policy: string; readonly shares: readonly number[] }[];
  /** The smallest size that gives nine tenths of what the largest gives. */
  readonly size: number;
  readonly policy: string;
}

/** Shares of all keys, or of their bytes, that are tried out. */
const SHARES = [0.01, 0.05, 0.1, 0.2, 0.5] as const;
const POLICIES: readonly PolicyName[] = [
  'adaptive',
  'tinylfu',
  'gdsf',
  's3-fifo',
  'lru',
  'lfu',
  'fifo',
  'memory-pressure',
];
const ENOUGH = 0.9;
/** Another policy than the default must be better by so much. */
const CLEARLY = 0.01;

/** Tries all policies at several sizes. `onProgress` is told how many of how many sizes are done. */
export function advise(
  trace: LoadedTrace,
  onProgress: (done: number, of: number) => void = () => undefined,
): Advice {
  const { accesses, hasSizes, hasCosts } = trace;
  const last = new Map(accesses.map(({ key, size }) => [key, size]));
  const total = hasSizes ? [...last.values()].reduce((sum, size) => sum + size, 0) : last.size;
  const sizes = [...new Set(SHARES.map((share) => Math.max(1, Math.round(share * total))))];
  const policies = hasSizes ? POLICIES : [...POLICIES, 'optimal' as const];
  const columns = sizes.map((size, done) => {
    onProgress(done, sizes.length);
    const limit = hasSizes ? { maxBytes: size } : { maxEntries: size };
    return simulate(accesses, { policies, ...limit }).map((result) =>
      hasCosts ? result.savedRate : result.hitRate,
    );
  });
  const rows = policies.map((policy, row) => ({ policy, shares: columns.map((column) => column[row] ?? 0) }));
  const ofDefault = rows[0]?.shares ?? [];
  const chosen = Math.max(
    0,
    ofDefault.findIndex((share) => share >= ENOUGH * (ofDefault.at(-1) ?? 0)),
  );
  return {
    ...{ requests: accesses.length, keys: last.size, unit: hasSizes ? 'bytes' : 'entries', total },
    ...{ measure: hasCosts ? 'time' : 'hits', sizes, rows },
    size: sizes[chosen] ?? 0,
    policy: bestPolicy(rows, chosen),
  };
}

function bestPolicy(rows: Advice['rows'], column: number): string {
  const share = (row: Advice['rows'][number]): number => row.shares[column] ?? 0;
  const [first, ...others] = rows.filter(({ policy }) => policy !== 'optimal');
  if (first === undefined) return '';
  return others.reduce((best, row) => {
    const margin = best === first ? CLEARLY : 0;
    return share(row) > share(best) + margin ? row : best;
  }, first).policy;
}
