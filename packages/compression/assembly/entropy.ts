/*
 * Range asymmetric numeral systems (Duda, "Asymmetric numeral systems", 2013), four states in turn over one stream of
 * 16-bit words. A state lies in [2^16, 2^32); frequencies are parts of 4096, so that a symbol and what its state needs
 * fit one word of the decoder's table: symbol, frequency, distance from the first slot of the symbol.
 */
import { FREQUENCIES, PRECISION, STATES, SYMBOLS } from '../src/columnar/kernels/layout';

const LOWEST: u32 = 0x10000;

/** A class, for only its functions can be made to be inlined in what other tools read as TypeScript. */
class State {
  @inline
  static pushed(state: u32, i: i32): u32 {
    const entry = load<u32>(FREQUENCIES + ((<usize>load<u8>(SYMBOLS + i)) << 2));
    const frequency = entry & 0xffff;
    if (state >= frequency << (32 - PRECISION)) {
      cursor -= 2;
      store<u16>(cursor, state);
      state >>= 16;
    }
    const quotient = state / frequency;
    return (quotient << PRECISION) + (state - quotient * frequency) + (entry >> 16);
  }
}

/** Encodes `n` symbols so that the result ends at `end`; returns where it begins. */
export function encodeSymbols(n: i32, end: usize): usize {
  let a = LOWEST;
  let b = LOWEST;
  let c = LOWEST;
  let d = LOWEST;
  cursor = end;
  // From the last symbol to the first: the decoder goes the other way.
  let i = n;
  while (i & 3) {
    i--;
    const turn = i & 3;
    if (turn == 0) a = State.pushed(a, i);
    else if (turn == 1) b = State.pushed(b, i);
    else c = State.pushed(c, i);
  }
  while (i > 0) {
    i -= 4;
    d = State.pushed(d, i + 3);
    c = State.pushed(c, i + 2);
    b = State.pushed(b, i + 1);
    a = State.pushed(a, i);
  }
  const begin = cursor - 16;
  store<u32>(begin, a);
  store<u32>(begin + 4, b);
  store<u32>(begin + 8, c);
  store<u32>(begin + 12, d);
  return begin;
}

let cursor: usize = 0;

/** Decodes `n` symbols; returns where the stream ended, or 0 for one that `encodeSymbols` does not write. */
export function decodeSymbols(from: usize, end: usize, n: i32): usize {
  if (end < from + 16) return 0;
  let a = load<u32>(from);
  let b = load<u32>(from + 4);
  let c = load<u32>(from + 8);
  let d = load<u32>(from + 12);
  let at = from + 16;
  let i = 0;
  for (; i <= n - 4; i += 4) {
    // Four symbols take at most four words, and behind the last byte there is room to read them.
    if (at > end) return 0;
    let entry = load<u32>(STATES + ((<usize>(a & 0xfff)) << 2));
    store<u8>(SYMBOLS + i, entry);
    a = ((entry >> 8) & 0xfff) * (a >> PRECISION) + (entry >> 20);
    if (a < LOWEST) {
      a = (a << 16) | load<u16>(at);
      at += 2;
    }
    entry = load<u32>(STATES + ((<usize>(b & 0xfff)) << 2));
    store<u8>(SYMBOLS + i + 1, entry);
    b = ((entry >> 8) & 0xfff) * (b >> PRECISION) + (entry >> 20);
    if (b < LOWEST) {
      b = (b << 16) | load<u16>(at);
      at += 2;
    }
    entry = load<u32>(STATES + ((<usize>(c & 0xfff)) << 2));
    store<u8>(SYMBOLS + i + 2, entry);
    c = ((entry >> 8) & 0xfff) * (c >> PRECISION) + (entry >> 20);
    if (c < LOWEST) {
      c = (c << 16) | load<u16>(at);
      at += 2;
    }
    entry = load<u32>(STATES + ((<usize>(d & 0xfff)) << 2));
    store<u8>(SYMBOLS + i + 3, entry);
    d = ((entry >> 8) & 0xfff) * (d >> PRECISION) + (entry >> 20);
    if (d < LOWEST) {
      d = (d << 16) | load<u16>(at);
      at += 2;
    }
  }
  for (; i < n; i++) {
    const turn = i & 3;
    const state = turn == 0 ? a : turn == 1 ? b : c;
    const entry = load<u32>(STATES + ((<usize>(state & 0xfff)) << 2));
    store<u8>(SYMBOLS + i, entry);
    let next = ((entry >> 8) & 0xfff) * (state >> PRECISION) + (entry >> 20);
    if (next < LOWEST) {
      next = (next << 16) | load<u16>(at);
      at += 2;
    }
    if (turn == 0) a = next;
    else if (turn == 1) b = next;
    else c = next;
  }
  const whole = a == LOWEST && b == LOWEST && c == LOWEST && d == LOWEST;
  return whole && at <= end ? at : 0;
}
