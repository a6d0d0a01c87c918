import type { Kernel } from '../kernel.js';
import { PAGES } from '../layout.js';
import { packDoubleWords, packWords } from './bit-pack.js';
import { binDoubleWords, binWords } from './bins.js';
import { doubleDecimals, singleDecimals } from './decimals.js';
import { subtractDoubleWords, subtractWords } from './differences.js';
import { entropy } from './entropy.js';
import { lanes, rotateDoubleWords, rotateWords } from './lanes.js';
import { createMemory } from './memory.js';
import { multipleDoubleWords, multipleWords, singles } from './multiples.js';
import { planes } from './planes.js';
import { repeatedDoubleWords, repeatedWords } from './repeats.js';

const WASM_PAGE = 65_536;

/** The kernel in plain JavaScript: for hosts without WebAssembly, and as its second witness. */
export function createTwin(): Kernel {
  const memory = createMemory(PAGES * WASM_PAGE);
  return {
    memory,
    ...lanes(memory),
    ...planes(memory),
    ...singles(memory),
    ...entropy(memory),
    32: {
      ...packWords(memory),
      ...subtractWords(memory),
      ...singleDecimals(memory),
      ...rotateWords(memory),
      ...multipleWords(memory),
      ...repeatedWords(memory),
      ...binWords(memory),
    },
    64: {
      ...packDoubleWords(memory),
      ...subtractDoubleWords(memory),
      ...doubleDecimals(memory),
      ...rotateDoubleWords(memory),
      ...multipleDoubleWords(memory),
      ...repeatedDoubleWords(memory),
      ...binDoubleWords(memory),
    },
  };
}
