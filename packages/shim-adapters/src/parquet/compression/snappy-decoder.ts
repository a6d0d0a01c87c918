const WORD = 4;
/** Bytes from which on a literal is copied at once. */
const MANY = 40;

/**
 * What bytes in the Snappy format stand for (https://github.com/google/snappy/blob/main/format_description.txt).
 * @param length how many bytes it must be
 * @throws RangeError when the input is none, or stands for more or less
 */
export function decompressSnappy(stored: Uint8Array, length: number): Uint8Array {
  // Pieces are copied word by word: the room behind them takes what the last word brings too much.
  const out = new Uint8Array(length + 2 * WORD);
  const from = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const to = new DataView(out.buffer);
  const end = stored.length;
  let at = readSnappyLength(stored, length);
  let written = 0;
  while (at < end) {
    const tag = stored[at++] ?? 0;
    const kind = tag & 3;
    let count = (tag >>> 2) + 1;
    if (kind === 0) {
      if (count > 60) {
        const bytes = count - 60;
        count = 1;
        for (let i = 0; i < bytes; i++) count += (stored[at++] ?? 0) * 2 ** (8 * i);
      }
      if (count > end - at || count > length - written) throw damaged();
      if (count <= 2 * WORD && at + 2 * WORD <= end) {
        to.setInt32(written, from.getInt32(at, true), true);
        if (count > WORD) to.setInt32(written + WORD, from.getInt32(at + WORD, true), true);
      } else if (count > MANY) out.set(stored.subarray(at, at + count), written);
      else for (let i = 0; i < count; i++) out[written + i] = stored[at + i] ?? 0;
      at += count;
      written += count;
      continue;
    }
    let offset = stored[at++] ?? 0;
    if (kind === 1) {
      count = ((tag >>> 2) & 7) + 4;
      offset |= (tag >>> 5) << 8;
    } else {
      const more = kind === 2 ? 1 : 3;
      for (let i = 1; i <= more; i++) offset += (stored[at++] ?? 0) * 2 ** (8 * i);
    }
    if (offset === 0 || offset > written || count > length - written || at > end) throw damaged();
    const back = written - offset;
    // A word must have been written before it is read.
    if (offset >= WORD) {
      for (let i = 0; i < count; i += WORD) to.setInt32(written + i, to.getInt32(back + i, true), true);
    } else for (let i = 0; i < count; i++) out[written + i] = out[back + i] ?? 0;
    written += count;
  }
  if (written !== length) throw damaged();
  return out.subarray(0, length);
}

/** Where the data begins, after the length that it claims. */
export function readSnappyLength(stored: Uint8Array, length: number): number {
  let claimed = 0;
  for (let at = 0; at < Math.min(5, stored.length); at++) {
    const byte = stored[at] ?? 0;
    claimed += (byte & 0x7f) * 2 ** (7 * at);
    if (byte >= 0x80) continue;
    if (claimed !== length) break;
    return at + 1;
  }
  throw damaged();
}

function damaged(): RangeError {
  return new RangeError('a page is not what its compression says');
}
