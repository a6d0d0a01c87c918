import type { ByteRuns } from '../../table/byte-runs.js';
import { outgrowsDictionary } from '../../table/dictionary-rule.js';
import { GrowingDictionary } from '../../table/growing-dictionary.js';
import type { Numbers, PageValues } from '../pages/page-values.js';

/** Different values in the order in which they first came, and for each value which one it is. */
export interface ValueDictionary {
  readonly values: PageValues;
  readonly indices: Int32Array;
}

/**
 * The values as a dictionary, when enough of them repeat; undefined otherwise.
 * @param indices given when the values are a dictionary already: the result has only the entries that are used
 */
export function dictionaryOf(
  values: PageValues,
  indices: Int32Array | undefined,
): ValueDictionary | undefined {
  switch (values.kind) {
    case 'bits':
      return undefined;
    case 'numbers':
      return numberDictionary(values.numbers);
    case 'runs':
      return indices === undefined ? runDictionary(values.runs) : usedEntries(values.runs, indices);
  }
}

const FIRST_SLOTS = 2048;

/** Numbers are the same when all their bits are, so that 0 and -0 stay apart and a NaN is found again. */
function numberDictionary(numbers: Numbers): ValueDictionary | undefined {
  const lanes = numbers.BYTES_PER_ELEMENT / Int32Array.BYTES_PER_ELEMENT;
  const words = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length * lanes);
  const indices = new Int32Array(numbers.length);
  let slots = new Int32Array(FIRST_SLOTS);
  let firsts = new Int32Array(FIRST_SLOTS / 2);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const low = words[i * lanes] ?? 0;
    const high = lanes === 2 ? (words[i * 2 + 1] ?? 0) : 0;
    let slot = slotOf(low, high, slots.length);
    let entry = (slots[slot] ?? 0) - 1;
    while (entry >= 0) {
      const at = firsts[entry] ?? 0;
      if (words[at * lanes] === low && (lanes === 1 || words[at * 2 + 1] === high)) break;
      slot = (slot + 1) & (slots.length - 1);
      entry = (slots[slot] ?? 0) - 1;
    }
    if (entry < 0) {
      if (outgrowsDictionary(count, i, numbers.length)) return undefined;
      entry = count++;
      slots[slot] = count;
      firsts[entry] = i;
      if (count === firsts.length) [slots, firsts] = grown(firsts, words, lanes);
    }
    indices[i] = entry;
  }
  const entries = numbers.slice(0, count);
  const lanesOut = new Int32Array(entries.buffer);
  for (let entry = 0; entry < count; entry++) {
    for (let lane = 0; lane < lanes; lane++) {
      lanesOut[entry * lanes + lane] = words[(firsts[entry] ?? 0) * lanes + lane] ?? 0;
    }
  }
  return { values: { kind: 'numbers', numbers: entries }, indices };
}

function slotOf(low: number, high: number, slots: number): number {
  const mixed = Math.imul(low, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35) >>> (32 - Math.log2(slots));
}

/** Room for twice the entries, each in its slot. */
function grown(
  firsts: Int32Array,
  words: Int32Array,
  lanes: number,
): [slots: Int32Array<ArrayBuffer>, firsts: Int32Array<ArrayBuffer>] {
  const slots = new Int32Array(firsts.length * 4);
  for (let entry = 0; entry < firsts.length; entry++) {
    const at = (firsts[entry] ?? 0) * lanes;
    let slot = slotOf(words[at] ?? 0, lanes === 2 ? (words[at + 1] ?? 0) : 0, slots.length);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = entry + 1;
  }
  const wider = new Int32Array(firsts.length * 2);
  wider.set(firsts);
  return [slots, wider];
}

function runDictionary(runs: ByteRuns): ValueDictionary | undefined {
  const { length } = runs.starts;
  const dictionary = new GrowingDictionary(length);
  const order = new Int32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  if (length === 0 || dictionary.add(runs, order, 0, false) < length) return undefined;
  const {
    bytes,
    offsets,
    length: count,
  } = dictionary.entries.finish({ name: '', type: 'binary' }, 0, undefined);
  const entries = { bytes, starts: offsets.subarray(0, count), ends: offsets.subarray(1, count + 1) };
  return { values: { kind: 'runs', runs: entries }, indices: dictionary.indices };
}

function usedEntries({ bytes, starts, ends }: ByteRuns, indices: Int32Array): ValueDictionary {
  const entryOf = new Int32Array(starts.length).fill(-1);
  const used: number[] = [];
  const renumbered = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    let entry = entryOf[index] ?? 0;
    if (entry < 0) {
      entry = used.push(index) - 1;
      entryOf[index] = entry;
    }
    renumbered[i] = entry;
  }
  const runs = {
    bytes,
    starts: Int32Array.from(used, (index) => starts[index] ?? 0),
    ends: Int32Array.from(used, (index) => ends[index] ?? 0),
  };
  return { values: { kind: 'runs', runs }, indices: renumbered };
}
