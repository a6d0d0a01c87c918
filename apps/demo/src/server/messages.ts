import type { ServedRequest } from '../workload.js';

/** Who serves the stream. */
export type ServerKind = 'suite' | 'plain';

/** One answered request. */
export interface Served {
  readonly route: string;
  /** Tells requests for the same thing from others, whatever the version of the source. */
  readonly request: string;
  readonly kind: ServedRequest['kind'];
  readonly hit: boolean;
  readonly ms: number;
  readonly bytes: number;
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
}

/** What a server process sends while it works. */
export type ServerMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly ms: number }
  | { readonly type: 'report'; readonly report: ServerReport };

export function isServerMessage(value: unknown): value is ServerMessage {
  return typeof value === 'object' && value !== null && 'type' in value;
}
