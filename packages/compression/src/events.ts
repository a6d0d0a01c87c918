import { openChannel, type Channel } from '@perf/internal/channel';
import type { CodecName } from './codec/codec.js';

/** The name of the `node:diagnostics_channel` on which every completed call is reported. */
export const COMPRESSION_CHANNEL = 'perf:compression';

/** One completed call. Calls that fail or are aborted are not reported; `stats()` counts them. */
export interface CompressionEvent {
  readonly direction: 'compress' | 'decompress';
  /** How the payload was stored, which is `'none'` where compressing would not have paid. */
  readonly codec: CodecName;
  /** Bytes of the content when compressing, of the frame when decompressing. */
  readonly bytesIn: number;
  /** Bytes of the frame when compressing, of the content when decompressing. */
  readonly bytesOut: number;
  /** The time of the work itself in milliseconds, without the wait for a turn. */
  readonly durationMs: number;
}

export function openEvents(): Channel<CompressionEvent> {
  return openChannel<CompressionEvent>(COMPRESSION_CHANNEL);
}
