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
  /** Where the time went, in milliseconds. */
  readonly spans: Readonly<Record<'plan' | 'key' | 'convert' | 'total', number>>;
}

export const convertChannel: Channel<ConvertEvent> = openChannel('perf:convert');
