import { openChannel, type Channel } from '@perf/internal/channel';
import type { Format } from '../request.js';

/** One finished conversion, as published on the diagnostics channel `perf:convert`. */
export interface ConvertEvent {
  /** `'csv>columns>json'` */
  readonly route: string;
  readonly from: Format;
  readonly to: Format;
  /** Bytes of the result. */
  readonly bytes: number;
  /** Rows of the result where the route knows them. */
  readonly rows: number | undefined;
  readonly durationMs: number;
  /** How it was carried out; what a hit would have been carried out by otherwise is not told. */
  readonly strategy: string;
  /** Why the strategy was chosen. */
  readonly reason: string;
  readonly cacheHit: boolean;
  /** Where the time went. */
  readonly spans: ConvertSpans;
}

/** Milliseconds that a request spent in each room. */
export interface ConvertSpans {
  /** Telling which source it is, and under which key its result is kept. */
  readonly key: number;
  /** The cache: looking, and waiting for another who converts the same. */
  readonly cache: number;
  /** Choosing a strategy. */
  readonly plan: number;
  /** The way to another thread and back, and waiting for one. */
  readonly thread: number;
  /** The adapters. */
  readonly convert: number;
  readonly total: number;
}

export const convertChannel: Channel<ConvertEvent> = openChannel('perf:convert');
