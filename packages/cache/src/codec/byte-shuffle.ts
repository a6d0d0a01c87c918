/**
 * Numbers side by side hide their likeness from an entropy coder: their high bytes hardly change, their low bytes
 * are noise. `shuffle` puts first bytes next to first bytes, second next to second (as Blosc and HDF5 do); `delta`
 * besides replaces each byte by its difference from the one before it in its plane, which turns slowly rising numbers
 * (ids, timestamps) into runs. Differences of bytes wrap around, so every kind of element survives to the bit.
 *
 * Neither is always good (decimal prices compress best as they are), so the choice is made on a sample. Elements of 4
 * and 8 bytes are moved four bytes at a time, the even and the odd bytes of a word as two lanes each, which takes half
 * the time: 1 to 1.5 ms for 1 MB on a slow machine. In which order a machine keeps the bytes of a word does not
 * matter, as one does both directions.
 */
export type Filter = 'plain' | 'shuffle' | 'delta';

const LANES = 0x00ff00ff;
/** Above each lane a bit to borrow from. */
const BORROW = 0x01000100;

/** The bytes as they are to be compressed; with elements of one byte that is as they are. `width` divides the length. */
export function shuffled(bytes: Uint8Array, width: number, filter: Filter): Uint8Array {
  if (filter === 'plain' || width === 1) return bytes;
  const delta = filter === 'delta';
  return width % 4 === 0 ? shuffledWords(wordsOf(bytes), width, delta) : shuffledBytes(bytes, width, delta);
}

/** The inverse of {@link shuffled}. */
export function unshuffled(bytes: Uint8Array, width: number, filter: Filter): Uint8Array {
  if (filter === 'plain' || width === 1) return bytes;
  const delta = filter === 'delta';
  return width % 4 === 0 ? unshuffledWords(bytes, width, delta) : unshuffledBytes(bytes, width, delta);
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
}

function shuffledWords(words: Uint32Array, width: number, delta: boolean): Uint8Array {
  const shuffled = new Uint8Array(words.byteLength);
  const perElement = width / 4;
  const count = words.length / perElement;
  const mask = delta ? LANES : 0;
  for (let word = 0; word < perElement; word++) {
    let to = 4 * word * count;
    let evenBefore = 0;
    let oddBefore = 0;
    for (let from = word; from < words.length; from += perElement, to++) {
      const value = words[from] ?? 0;
      const even = value & LANES;
      const odd = (value >>> 8) & LANES;
      const evenStep = (even | BORROW) - (evenBefore & mask);
      const oddStep = (odd | BORROW) - (oddBefore & mask);
      shuffled[to] = evenStep;
      shuffled[to + count] = oddStep;
      shuffled[to + 2 * count] = evenStep >>> 16;
      shuffled[to + 3 * count] = oddStep >>> 16;
      evenBefore = even;
      oddBefore = odd;
    }
  }
  return shuffled;
}

function unshuffledWords(bytes: Uint8Array, width: number, delta: boolean): Uint8Array {
  const words = new Uint32Array(bytes.byteLength / 4);
  const perElement = width / 4;
  const count = words.length / perElement;
  const mask = delta ? LANES : 0;
  for (let word = 0; word < perElement; word++) {
    let from = 4 * word * count;
    let even = 0;
    let odd = 0;
    for (let to = word; to < words.length; to += perElement, from++) {
      const evenStep = (bytes[from] ?? 0) | ((bytes[from + 2 * count] ?? 0) << 16);
      const oddStep = (bytes[from + count] ?? 0) | ((bytes[from + 3 * count] ?? 0) << 16);
      even = ((even & mask) + evenStep) & LANES;
      odd = ((odd & mask) + oddStep) & LANES;
      words[to] = even | (odd << 8);
    }
  }
  return new Uint8Array(words.buffer);
}

function shuffledBytes(bytes: Uint8Array, width: number, delta: boolean): Uint8Array {
  const shuffled = new Uint8Array(bytes.byteLength);
  const mask = delta ? 0xff : 0;
  let to = 0;
  for (let plane = 0; plane < width; plane++) {
    let before = 0;
    for (let from = plane; from < bytes.length; from += width, to++) {
      const byte = bytes[from] ?? 0;
      shuffled[to] = byte - (before & mask);
      before = byte;
    }
  }
  return shuffled;
}

function unshuffledBytes(bytes: Uint8Array, width: number, delta: boolean): Uint8Array {
  const restored = new Uint8Array(bytes.byteLength);
  const mask = delta ? 0xff : 0;
  let from = 0;
  for (let plane = 0; plane < width; plane++) {
    let before = 0;
    for (let to = plane; to < restored.length; to += width, from++) {
      before = (bytes[from] ?? 0) + (before & mask);
      restored[to] = before;
    }
  }
  return restored;
}
