import type { Clock } from '@perf/internal/clock';
import type {
  CacheLike,
  CompressorLike,
  Executor,
  LazyLike,
  MemoryLike,
  OwnStrategy,
  PoolLike,
  SelectorLike,
} from './ports.js';
import type { RequestKeyOptions } from './request-key.js';

/** The parts that `optimize` joins. Each may be missing; with none, the converter is the plain registry. */
export interface OptimizeParts extends RequestKeyOptions {
  /** Keeps results, so that nothing is converted twice. */
  readonly cache?: CacheLike;
  /** Defers conversions: `open` needs it. */
  readonly lazy?: LazyLike;
  /** Compresses what is kept from 10 MB on, for caches that do not compress by themselves. `ConversionCache` does. */
  readonly compression?: CompressorLike;
  /** Chooses how each conversion is carried out, and learns from what came of it. */
  readonly selector?: SelectorLike;
  /** Runs conversions on other threads. */
  readonly executor?: Executor;
  /** Lends buffers to conversions. */
  readonly pool?: PoolLike;
  /** Tells the selector how much memory is free, and how scarce it is. */
  readonly memory?: MemoryLike;
  /** Ways of your own to carry conversions out; the selector must know them as well. */
  readonly strategies?: readonly OwnStrategy[];
  readonly clock?: Clock;
}

/** Their names: an unknown one is refused. */
export const PARTS: readonly (keyof OptimizeParts)[] = [
  'cache',
  'lazy',
  'compression',
  'selector',
  'executor',
  'pool',
  'memory',
  'strategies',
  'clock',
  'fingerprint',
];
