import { inspect } from 'node:util';

/*
 * A list (an array or a typed array) may carry named properties beside its elements. `Object.keys` finds them, but
 * first builds a string for every index: 100 million of them for a large typed array. `inspect` can leave the
 * elements out and still shows every named property, so its outline tells in constant time that there are none. Only
 * the exact outline of a plain list counts; anything else, a proxy among it, takes the long way and stays correct.
 */
const OUTLINE = {
  maxArrayLength: 0,
  depth: 0,
  customInspect: false,
  getters: false,
  showProxy: true,
  colors: false,
  breakLength: Infinity,
} as const;
const ELEMENTS_ONLY = /^[^[]*(?:\[[^[\]]*\] )?\[ \.\.\. \d+ more items? \]$/;
/** Up to this length `Object.keys` is the quicker of the two. */
const SHORT = 64;

/** The own enumerable string keys of a list that are not indices of its elements, in their own order. */
export function extraKeys(list: ArrayLike<unknown> & object): readonly string[] {
  if (list.length > SHORT && ELEMENTS_ONLY.test(inspect(list, OUTLINE))) return [];
  const keys = Object.keys(list);
  return keys.slice(indexCount(keys, list.length));
}

/** The indices that a sparse array really has, ascending. */
export function presentIndices(list: readonly unknown[]): readonly number[] {
  const keys = Object.keys(list);
  return keys.slice(0, indexCount(keys, list.length)).map(Number);
}

/** The least of the ascending numbers that is greater than `limit`. */
export function firstAbove(ascending: readonly number[], limit: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return ascending[low];
}

/** The own enumerable symbols of any object. */
export function ownSymbols(value: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (symbols.length === 0) return symbols;
  return symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol));
}

/** How many of the keys, which list indices first and ascending, are indices below `length`. */
function indexCount(keys: readonly string[], length: number): number {
  let count = keys.length;
  while (count > 0 && !isIndex(keys[count - 1] ?? '', length)) count -= 1;
  return count;
}

function isIndex(key: string, length: number): boolean {
  const index = Number(key);
  return index >= 0 && index < length && String(index) === key && Number.isInteger(index);
}
