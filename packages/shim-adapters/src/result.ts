import type { ConversionWarning } from './losses.js';
import type { Format, Metadata } from './request.js';

/** One step of a route. */
export interface RouteStep {
  readonly from: Format;
  readonly to: Format;
  readonly adapter: string;
  readonly version: string;
}

/** What a conversion gives back: the data and all that is known about how it came to be. */
export interface ConversionResult<T = unknown> {
  readonly data: T;
  readonly format: Format;
  /** The request's own metadata, with what the source told (`rows`, `columns`) added. */
  readonly metadata: Metadata;
  readonly warnings: readonly ConversionWarning[];
  /** The share of values that survive the way back, 0 to 1, counted while converting. */
  readonly quality: number;
  readonly route: readonly RouteStep[];
  readonly durationMs: number;
  /** Bytes of `data` in memory: exact for bytes and columns, an estimate for objects. */
  readonly bytes: number;
}
