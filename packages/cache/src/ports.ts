export type { Clock } from '@perf/internal/clock';

/**
 * Turns values into fewer bytes and back. What comes back must equal what was put in; neither the value nor the parts
 * may be changed or transferred, they are still in use.
 */
export interface ValueCodec<V> {
  /** The compressed parts, off the event loop; `undefined` if the codec does not handle this kind of value. */
  encode(value: V): Promise<Uint8Array[] | undefined>;
  /** Restores a value off the event loop. */
  decode(parts: Uint8Array[]): Promise<V>;
  /** Restores a value on the spot. */
  decodeSync(parts: Uint8Array[]): V;
}
