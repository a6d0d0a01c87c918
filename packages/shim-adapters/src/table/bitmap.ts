/** Validity bitmaps as Arrow lays them out: one bit a value, least significant first, 1 means present. */

export function bitmapBytes(length: number): number {
  return (length + 7) >>> 3;
}

export function readBit(bitmap: Uint8Array, index: number): boolean {
  return (((bitmap[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
}

export function setBit(bitmap: Uint8Array, index: number): void {
  bitmap[index >>> 3] = (bitmap[index >>> 3] ?? 0) | (1 << (index & 7));
}

/** A bitmap of `length` ones; the spare bits of the last byte stay zero, so equal content has equal bytes. */
export function fullBitmap(length: number): Uint8Array {
  const bitmap = new Uint8Array(bitmapBytes(length)).fill(0xff);
  const spare = bitmap.length * 8 - length;
  if (spare > 0) bitmap[bitmap.length - 1] = 0xff >>> spare;
  return bitmap;
}

/** The bits `start..end` as a bitmap of their own. */
export function sliceBitmap(bitmap: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  const out = new Uint8Array(bitmapBytes(length));
  const shift = start & 7;
  const first = start >>> 3;
  for (let i = 0; i < out.length; i++) {
    const low = (bitmap[first + i] ?? 0) >>> shift;
    const high = shift === 0 ? 0 : (bitmap[first + i + 1] ?? 0) << (8 - shift);
    out[i] = low | high;
  }
  const spare = out.length * 8 - length;
  if (spare > 0) out[out.length - 1] = (out[out.length - 1] ?? 0) & (0xff >>> spare);
  return out;
}

/** How many of the first `length` bits are 0. */
export function countUnset(bitmap: Uint8Array, length: number): number {
  let unset = 0;
  for (let i = 0; i < length; i++) if (!readBit(bitmap, i)) unset += 1;
  return unset;
}

/** Copies `length` bits of `from` to position `at` of `to`. */
export function copyBits(from: Uint8Array, to: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) if (readBit(from, i)) setBit(to, at + i);
}
