import { openChannel, type Channel } from '@perf/internal/channel';

/** Why a value was let go: on demand, unused for too long, to make room, or because its owner closed. */
export type UnloadCause = 'asked' | 'idle' | 'memory' | 'closed';

/**
 * What is published on the diagnostics channel `perf:lazy`, only while somebody listens.
 *
 * | type | bytes | durationMs |
 * |---|---|---|
 * | queued | expected, by the corrected estimate; 0 when unknown | 0 |
 * | loaded | now held | of the conversion, without the time in the queue |
 * | retrying | 0 | until the next attempt |
 * | failed, cancelled | 0 | since the conversion began; 0 when it never did |
 * | unloaded | released | since something was first held |
 */
export interface LazyEvent {
  readonly type: 'queued' | 'loaded' | 'retrying' | 'failed' | 'cancelled' | 'unloaded';
  /** The converter's `id`. */
  readonly id: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** The column, when the event is about a single one. */
  readonly column?: string;
  /** Only when `type` is `'unloaded'`. */
  readonly cause?: UnloadCause;
}

/** Opens the channel `perf:lazy`. */
export function openLazyChannel(): Channel<LazyEvent> {
  return openChannel<LazyEvent>('perf:lazy');
}
