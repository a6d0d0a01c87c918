import type { ConvertSpans } from '@perf/shim-adapters';
import type { ServedRequest } from '../workload.js';

/**
 * Who serves the stream: the libraries alone; the libraries behind a cache as it is written by hand; the suite with
 * fixed ways; the suite that saves memory; the suite that adapts.
 */
export type ServerKind = 'plain' | 'hand-cached' | 'predictable' | 'low-memory' | 'adaptive';

export const SERVER_KINDS: readonly ServerKind[] = [
  'plain',
  'hand-cached',
  'predictable',
  'low-memory',
  'adaptive',
];

/** What each of them is called in tables. */
export const SERVER_NAMES: Readonly<Record<ServerKind, string>> = {
  plain: 'the libraries alone',
  'hand-cached': 'a hand-written cache',
  predictable: '@perf, predictable',
  'low-memory': '@perf, low-memory',
  adaptive: '@perf, adaptive',
};

/** What the caches of all servers may hold. */
export const MAX_BYTES = 256 * 2 ** 20;

/** One answered request. */
export interface Served {
  readonly route: string;
  /** Tells requests for the same thing from others, whatever the version of the source. */
  readonly request: string;
  readonly kind: ServedRequest['kind'];
  readonly hit: boolean;
  readonly ms: number;
  readonly bytes: number;
  /** How the suite carried it out, and where the time went. */
  readonly strategy?: string;
  readonly spans?: ConvertSpans;
}

/** What kept results weigh, of those that were compressed. */
export interface Kept {
  readonly entries: number;
  readonly bytes: number;
  readonly compressedEntries: number;
  readonly compressedFrom: number;
  readonly compressedTo: number;
}

export interface StrategyCount {
  readonly strategy: string;
  readonly route: string;
  readonly count: number;
  /** Why it was chosen the last time. */
  readonly reason: string;
}

/** Everything one server tells of its run. */
export interface ServerReport {
  readonly server: ServerKind;
  readonly totalMs: number;
  readonly served: readonly Served[];
  /** Growth of the process's memory at its peak, above what it had with all sources loaded. */
  readonly peakGrowthBytes: number;
  readonly kept: Kept | null;
  readonly strategies: readonly StrategyCount[];
  /** In the selector's words: how the last request that was converted would be carried out now. */
  readonly explanation?: string;
}

/** What a server process sends while it works. */
export type ServerMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly ms: number }
  | { readonly type: 'report'; readonly report: ServerReport };

export function isServerMessage(value: unknown): value is ServerMessage {
  return typeof value === 'object' && value !== null && 'type' in value;
}

export function isServerKind(value: unknown): value is ServerKind {
  return SERVER_KINDS.some((kind) => kind === value);
}
