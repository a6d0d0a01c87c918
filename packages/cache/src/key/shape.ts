/** The names of an object's properties in canonical order, and the digest of these names. */
export interface Shape {
  /** String keys as the object lists them. */
  readonly given: readonly string[];
  /** Sorted: strings first, then symbols. */
  readonly names: readonly (string | symbol)[];
  readonly digest: Uint8Array;
}

const REMEMBERED = 64;
const LONGEST = 1000;

/** Remembers the last shape of each number of keys: rows of a table are sorted and hashed by name only once. */
export class ShapeCache {
  readonly #byCount: (Shape | undefined)[] = new Array<Shape | undefined>(REMEMBERED).fill(undefined);

  find(keys: readonly string[], symbols: readonly symbol[]): Shape | undefined {
    if (symbols.length > 0) return undefined;
    const shape = this.#byCount[keys.length % REMEMBERED];
    if (shape?.given.length !== keys.length) return undefined;
    for (let i = 0; i < keys.length; i++) {
      if (shape.given[i] !== keys[i]) return undefined;
    }
    return shape;
  }

  add(
    keys: readonly string[],
    symbols: readonly symbol[],
    digestOf: (names: Shape['names']) => Uint8Array,
  ): Shape {
    const names = [...keys.toSorted(), ...symbols.toSorted(byDescription)];
    const shape: Shape = { given: keys, names, digest: digestOf(names) };
    if (symbols.length === 0 && keys.length <= LONGEST) this.#byCount[keys.length % REMEMBERED] = shape;
    return shape;
  }
}

/** Equal descriptions can only belong to a registered and a well-known symbol: the registered comes first. */
function byDescription(a: symbol, b: symbol): number {
  const [left, right] = [a.description ?? '', b.description ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return Number(Symbol.keyFor(b) !== undefined) - Number(Symbol.keyFor(a) !== undefined);
}
