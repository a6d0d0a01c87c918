/*
 * A glob as a non-deterministic automaton simulated with bits, known as shift-and (Baeza-Yates and Gonnet, "A new
 * approach to text searching", 1992). State `i` means that `i` characters of the pattern are matched; a star before
 * character `i` lets that state read anything and stay. Every character of the text costs one step over the state
 * words, whatever the pattern: nothing backtracks.
 */

const BITS = 32;

/**
 * Compiles a pattern in which `*` stands for any number of characters and `?` for exactly one; everything else, also
 * `\` and `[`, stands for itself. The whole text must match, letter case counts. Characters are code points.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const characters: string[] = [];
  const stars = new Set<number>();
  for (const character of pattern) {
    if (character === '*') stars.add(characters.length);
    else characters.push(character);
  }
  const length = characters.length;
  const words = Math.floor(length / BITS) + 1;
  const loops = mask(words, stars);
  const any = mask(words, places(characters, '?'));
  const exact = new Map<string, Int32Array>();
  for (const character of new Set(characters)) {
    if (character !== '?') exact.set(character, union(any, mask(words, places(characters, character))));
  }
  return (text) => {
    const state = new Int32Array(words);
    state[0] = 1;
    for (const character of text) advance(state, exact.get(character) ?? any, loops);
    return ((state[length >>> 5] ?? 0) & (1 << length)) !== 0;
  };
}

function advance(state: Int32Array, matching: Int32Array, loops: Int32Array): void {
  let carry = 0;
  for (let i = 0; i < state.length; i++) {
    const word = state[i] ?? 0;
    const matched = word & (matching[i] ?? 0);
    state[i] = (matched << 1) | carry | (word & (loops[i] ?? 0));
    carry = matched >>> 31;
  }
}

function places(characters: readonly string[], wanted: string): number[] {
  return characters.flatMap((character, place) => (character === wanted ? [place] : []));
}

function mask(words: number, bits: Iterable<number>): Int32Array {
  const set = new Int32Array(words);
  for (const bit of bits) set[bit >>> 5] = (set[bit >>> 5] ?? 0) | (1 << bit);
  return set;
}

function union(a: Int32Array, b: Int32Array): Int32Array {
  return a.map((word, i) => word | (b[i] ?? 0));
}
