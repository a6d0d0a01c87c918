/**
 * Compressing what does not compress costs as much as compressing what does, so a large content is first judged by a
 * small sample: bytes whose frequencies differ will shrink; where they are even, the sample is compressed for real, for
 * order-0 entropy would miss repeated records. The sample is read in slices spread evenly from the first byte to the
 * last. It can be wrong in one direction that matters: repetitions further apart than a slice are not seen, and such
 * content stays raw.
 */
import type { Codec } from './codec/codec.js';

/** Below this the sample would be most of the input: trying is as cheap as asking. */
export const PROBE_ABOVE = 65_536;
const SLICES = 4;
const SLICE_BYTES = 8192;
/** Bits per byte below which a sample is sure to shrink by more than a sixteenth. */
const CLEARLY_UNEVEN = 7;

/** The most bytes a payload may have for compression to be worth its time when reading back: 15/16 of the content. */
export function worthwhileLimit(contentBytes: number): number {
  return contentBytes - Math.ceil(contentBytes / 16);
}

/** So many slices of so many bytes, spread evenly. Each is a copy: the memory may be shared with another thread. */
export function sampleSlices(
  bytes: Uint8Array,
  { slices, sliceBytes, elementBytes }: { slices: number; sliceBytes: number; elementBytes: number },
): Uint8Array[] {
  const length = Math.min(sliceBytes, bytes.byteLength);
  const count = Math.min(slices, Math.max(1, Math.floor(bytes.byteLength / length)));
  const room = bytes.byteLength - length;
  return Array.from({ length: count }, (_, index) => {
    const offset = count === 1 ? 0 : Math.floor((room * index) / (count - 1));
    const aligned = offset - (offset % elementBytes);
    return bytes.slice(aligned, aligned + length);
  });
}

/** Whether a sample of the bytes shrinks enough to be worth compressing the whole. */
export function promises(bytes: Uint8Array, codec: Codec): boolean {
  if (bytes.byteLength <= PROBE_ABOVE) return true;
  const slices = sampleSlices(bytes, { slices: SLICES, sliceBytes: SLICE_BYTES, elementBytes: 1 });
  return entropy(slices) < CLEARLY_UNEVEN || gain(slices, codec) >= 16 / 15;
}

/** How many times smaller slices become, each by itself. */
export function gain(slices: readonly Uint8Array[], codec: Codec): number {
  let before = 0;
  let after = 0;
  for (const slice of slices) {
    const limit = slice.byteLength;
    before += limit;
    after += codec.encodeSync(slice, { level: 'fast', limit, type: 'Uint8Array' })?.byteLength ?? limit;
  }
  return before / after;
}

/** Bits per byte by the frequencies of the bytes alone. */
function entropy(slices: readonly Uint8Array[]): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (const slice of slices) {
    for (const byte of slice) counts[byte] = (counts[byte] ?? 0) + 1;
    total += slice.byteLength;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits += count * Math.log2(total / count);
  return bits / total;
}
