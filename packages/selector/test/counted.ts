/** Rows made when they are read, and how many rows and cells were. */
export interface Counted {
  readonly rows: unknown[];
  readonly touched: { rows: number; cells: number };
  /** Positions of the rows that were read, in order. */
  readonly positions: number[];
}

/** An array of `length` rows behind a proxy that counts what is looked at. */
export function countedRows(length: number, row: (index: number) => Record<string, unknown>): Counted {
  const touched = { rows: 0, cells: 0 };
  const positions: number[] = [];
  const countedRow = (index: number): object =>
    new Proxy(row(index), {
      get(target, name) {
        touched.cells += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
  const rows = new Proxy<unknown[]>([], {
    get(target, name) {
      if (name === 'length') return length;
      if (typeof name !== 'string' || !/^\d+$/.test(name)) return Reflect.get(target, name) as unknown;
      touched.rows += 1;
      positions.push(Number(name));
      return countedRow(Number(name));
    },
  });
  return { rows, touched, positions };
}
