/**
 * Compressing what does not compress costs as much as compressing what does, so a large input is first judged by a
 * small sample, compressed for real: order-0 entropy would miss repeated records, which are what gzip lives on.
 * The sample is read in slices spread evenly from the first byte to the last. It can be wrong in one direction that
 * matters: repetitions further apart than a slice are not seen, and such data stays raw.
 */
import type { Codec } from './codec/codec.js';

/** Below this the sample would be most of the input: trying is as cheap as asking. */
export const PROBE_ABOVE = 65_536;
const SLICES = 4;
const SLICE_BYTES = 8192;

/** The most bytes a payload may have for compression to be worth its time when reading back: 15/16 of the content. */
export function worthwhileLimit(contentBytes: number): number {
  return contentBytes - Math.ceil(contentBytes / 16);
}

/** Whether a sample of the bytes shrinks enough to be worth compressing the whole. */
export function promises(bytes: Uint8Array, codec: Codec): boolean {
  if (bytes.byteLength <= PROBE_ABOVE) return true;
  let after = 0;
  for (let index = 0; index < SLICES; index++) {
    const offset = Math.floor(((bytes.byteLength - SLICE_BYTES) * index) / (SLICES - 1));
    // A copy: the memory may be shared with another thread.
    const slice = bytes.slice(offset, offset + SLICE_BYTES);
    after += codec.encodeSync(slice, { level: 'fast', limit: SLICE_BYTES })?.byteLength ?? SLICE_BYTES;
  }
  return after <= worthwhileLimit(SLICES * SLICE_BYTES);
}
