import { PLAIN } from './kind.js';

/*
 * Most containers are plain objects with text keys, millions of them in a table. `for in` reads the keys and values
 * of such an object from its hidden class, in half the time of `Object.keys` and a look-up of every name; but it
 * also lists what is inherited, so it is used only where nothing can be.
 */

/** Lists that one huge object has grown are not kept for the next. */
const KEPT = 64;

/** The keys and values of the plain object that was read last, in its own order. */
export class RecordReader {
  names: string[] = [];
  values: unknown[] = [];

  /** Reads an object; 0 if it is not a plain one or has nothing, otherwise the number of its keys. */
  read(value: object): number {
    if (!isPlain(value)) return 0;
    const { names, values } = this;
    let count = 0;
    for (const name in value) {
      names[count] = name;
      values[count] = value[name];
      count += 1;
    }
    return count;
  }

  /** Lets go of what was read. */
  forget(): void {
    if (this.values.length > KEPT) {
      this.names = [];
      this.values = [];
    } else {
      this.values.fill(undefined);
    }
  }
}

function isPlain(value: object): value is Record<string, unknown> {
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    !ArrayBuffer.isView(value) &&
    Object.prototype.toString.call(value) === PLAIN &&
    Object.getOwnPropertySymbols(value).length === 0 &&
    !listsAnything(Object.prototype)
  );
}

function listsAnything(prototype: object): boolean {
  for (const _ in prototype) return true;
  return false;
}

/** Whether an array has all its elements and nothing beside them. */
export function isPlainList(list: readonly unknown[]): boolean {
  if (Object.getPrototypeOf(list) !== Array.prototype || Object.getOwnPropertySymbols(list).length > 0)
    return false;
  // Indices come first and ascending: as many keys as elements, the last of them an index, leave room for nothing else.
  const keys = Object.keys(list);
  const last = list.length - 1;
  return keys.length === list.length && (last < 0 || keys[last] === String(last));
}
