/** A row: one property a column. */
export type Row = Record<string, unknown>;

/** Sets a property of a row as plain data, whatever it is called: a column named `__proto__` is just a column. */
export function setOwn(row: Row, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    row[name] = value;
  }
}
