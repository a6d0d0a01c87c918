import { type Digest } from './tokens.js';

/** The names of an object's properties in canonical order, and the digest of these names. */
export interface Shape {
  /** String keys as the object lists them. */
  readonly given: readonly string[];
  /** Sorted: strings first, then symbols. */
  readonly names: readonly (string | symbol)[];
  /** Where each of the sorted string keys stands in the given order. */
  readonly order: readonly number[];
  readonly digest: Digest;
}

const REMEMBERED = 64;
const LONGEST = 1000;

/** Remembers the last shapes: rows of a table are sorted and hashed by name only once. */
export class ShapeCache {
  readonly #shapes: (Shape | undefined)[] = new Array<Shape | undefined>(REMEMBERED).fill(undefined);

  /** The shape of the first `count` keys. */
  find(keys: readonly string[], count: number): Shape | undefined {
    const shape = this.#shapes[slotOf(keys, count)];
    if (shape?.given.length !== count) return undefined;
    const { given } = shape;
    for (let i = 0; i < count; i++) {
      if (given[i] !== keys[i]) return undefined;
    }
    return shape;
  }

  add(
    given: readonly string[],
    symbols: readonly symbol[],
    digestOf: (names: Shape['names']) => Digest,
  ): Shape {
    const sorted = given.toSorted();
    const names = [...sorted, ...symbols.toSorted(byDescription)];
    const places = new Map(given.map((key, i) => [key, i]));
    const order = sorted.map((key) => places.get(key) ?? 0);
    const shape: Shape = { given, names, order, digest: digestOf(names) };
    if (symbols.length === 0 && given.length <= LONGEST) {
      this.#shapes[slotOf(given, given.length)] = shape;
    }
    return shape;
  }
}

/** Shapes that differ in their number of keys or in the last of them rarely displace one another. */
function slotOf(keys: readonly string[], count: number): number {
  const last = keys[count - 1] ?? '';
  return (count + 7 * last.length + 31 * last.charCodeAt(0)) & (REMEMBERED - 1);
}

/** Equal descriptions can only belong to a registered and a well-known symbol: the registered comes first. */
function byDescription(a: symbol, b: symbol): number {
  const [left, right] = [a.description ?? '', b.description ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return Number(Symbol.keyFor(b) !== undefined) - Number(Symbol.keyFor(a) !== undefined);
}
