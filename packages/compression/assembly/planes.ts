/* Byte shuffle: the first bytes of all elements, then their second bytes, and so on. */

/** A class, for only its functions can be made to be inlined in what other tools read as TypeScript. */
class Vectors {
  /** Bytes 0 and 1 (or 2 and 3) of eight words: first all of the one, then all of the other. */
  @inline
  static words(p: v128, q: v128, pair: i32): v128 {
    return pair == 0
      ? i8x16.shuffle(p, q, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
      : i8x16.shuffle(p, q, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
  }

  @inline
  static lows(at: usize): v128 {
    return i32x4.shuffle(v128.load(at), v128.load(at + 16), 0, 2, 4, 6);
  }

  @inline
  static highs(at: usize): v128 {
    return i32x4.shuffle(v128.load(at), v128.load(at + 16), 1, 3, 5, 7);
  }

  @inline
  static zip(a: v128, b: v128, out: usize, step: usize): void {
    v128.store(out, i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(out + step, i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
  }

  /** Sixteen words from four planes, in place or at every other word. */
  @inline
  static quads(at: usize, n: i32, out: usize, step: usize, stride: i32): void {
    const p0 = v128.load(at);
    const p1 = v128.load(at + n);
    const p2 = v128.load(at + 2 * n);
    const p3 = v128.load(at + 3 * n);
    const a = i8x16.shuffle(p0, p1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const b = i8x16.shuffle(p0, p1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const c = i8x16.shuffle(p2, p3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const d = i8x16.shuffle(p2, p3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    Vectors.place(i16x8.shuffle(a, c, 0, 8, 1, 9, 2, 10, 3, 11), out, stride);
    Vectors.place(i16x8.shuffle(a, c, 4, 12, 5, 13, 6, 14, 7, 15), out + step, stride);
    Vectors.place(i16x8.shuffle(b, d, 0, 8, 1, 9, 2, 10, 3, 11), out + 2 * step, stride);
    Vectors.place(i16x8.shuffle(b, d, 4, 12, 5, 13, 6, 14, 7, 15), out + 3 * step, stride);
  }

  @inline
  static place(v: v128, out: usize, stride: i32): void {
    if (stride == 4) v128.store(out, v);
    else {
      v128.store32_lane(out, v, 0);
      v128.store32_lane(out + 8, v, 1);
      v128.store32_lane(out + 16, v, 2);
      v128.store32_lane(out + 24, v, 3);
    }
  }
}

/** For elements of 2, 4 or 8 bytes. */
export function shuffle(from: usize, n: i32, width: i32, to: usize): void {
  if (width == 2) shuffle16(from, n, to);
  else if (width == 4) shuffle32(from, n, to);
  else shuffle64(from, n, to);
}

function shuffle16(from: usize, n: i32, to: usize): void {
  let i = 0;
  for (; i <= n - 16; i += 16) {
    const a = v128.load(from);
    const b = v128.load(from + 16);
    from += 32;
    v128.store(to + i, i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
    v128.store(to + n + i, i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
  }
  shuffleRest(from, i, n, 2, to);
}

function shuffle32(from: usize, n: i32, to: usize): void {
  let i = 0;
  for (; i <= n - 16; i += 16) {
    const a = Vectors.words(v128.load(from), v128.load(from + 16), 0);
    const b = Vectors.words(v128.load(from), v128.load(from + 16), 1);
    const c = Vectors.words(v128.load(from + 32), v128.load(from + 48), 0);
    const d = Vectors.words(v128.load(from + 32), v128.load(from + 48), 1);
    from += 64;
    const at = to + i;
    // `a` holds the planes 0 and 1 of eight elements, `b` the planes 2 and 3.
    v128.store(at, i64x2.shuffle(a, c, 0, 2));
    v128.store(at + n, i64x2.shuffle(a, c, 1, 3));
    v128.store(at + 2 * n, i64x2.shuffle(b, d, 0, 2));
    v128.store(at + 3 * n, i64x2.shuffle(b, d, 1, 3));
  }
  shuffleRest(from, i, n, 4, to);
}

function shuffle64(from: usize, n: i32, to: usize): void {
  let i = 0;
  for (; i <= n - 16; i += 16) {
    for (let half = 0; half < 2; half++) {
      // Lower or upper words of sixteen elements, then as for elements of four bytes.
      const p = half == 0 ? Vectors.lows(from) : Vectors.highs(from);
      const q = half == 0 ? Vectors.lows(from + 32) : Vectors.highs(from + 32);
      const r = half == 0 ? Vectors.lows(from + 64) : Vectors.highs(from + 64);
      const s = half == 0 ? Vectors.lows(from + 96) : Vectors.highs(from + 96);
      const a = Vectors.words(p, q, 0);
      const b = Vectors.words(p, q, 1);
      const c = Vectors.words(r, s, 0);
      const d = Vectors.words(r, s, 1);
      const at = to + i + 4 * half * n;
      v128.store(at, i64x2.shuffle(a, c, 0, 2));
      v128.store(at + n, i64x2.shuffle(a, c, 1, 3));
      v128.store(at + 2 * n, i64x2.shuffle(b, d, 0, 2));
      v128.store(at + 3 * n, i64x2.shuffle(b, d, 1, 3));
    }
    from += 128;
  }
  shuffleRest(from, i, n, 8, to);
}

/** The other way round. */
export function unshuffle(from: usize, n: i32, width: i32, to: usize): void {
  let i = 0;
  for (; i <= n - 16; i += 16) {
    const at = from + i;
    const out = to + <usize>i * width;
    if (width == 2) {
      Vectors.zip(v128.load(at), v128.load(at + n), out, 16);
    } else if (width == 4) {
      Vectors.quads(at, n, out, 16, 4);
    } else {
      // Lower words to every other place, upper words between them.
      Vectors.quads(at, n, out, 32, 8);
      Vectors.quads(at + 4 * n, n, out + 4, 32, 8);
    }
  }
  for (let plane = 0; plane < width; plane++) {
    for (let k = i; k < n; k++) store<u8>(to + k * width + plane, load<u8>(from + plane * n + k));
  }
}

function shuffleRest(from: usize, i: i32, n: i32, width: i32, to: usize): void {
  for (; i < n; i++) {
    for (let plane = 0; plane < width; plane++) store<u8>(to + plane * n + i, load<u8>(from++));
  }
}
