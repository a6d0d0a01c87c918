import { setTimeout } from 'node:timers/promises';
import { tableFromArrays, tableFromIPC, tableToIPC, type Table } from '@uwdata/flechette';
import { sizeOf } from '../../src/size/size-of.js';

/*
 * Runs in a process of its own with --expose-gc: builds the kind of value that its argument names, and prints as JSON
 * what `sizeOf` says of it and by how much the heap really grew. Without an argument it prints the names, under the part
 * of the growth that the estimate may be off.
 */

const WARM_ROUNDS = 1;

export type Kinds = Record<'0.1' | '0.2', readonly string[]>;

export interface Growth {
  readonly estimated: number;
  readonly measured: number;
}

/** A text as a parser makes it: in one piece, unlike a concatenation that nobody has read yet. */
const flat = (text: string): string => Buffer.from(text).toString();

const rows = (n: number, text = flat): readonly Record<string, unknown>[] =>
  Array.from({ length: n }, (_, i) => ({
    id: i,
    name: text(`customer number ${String(i)}`),
    price: i * 1.25 + 0.1,
    paid: i % 2 === 0,
    city: CITIES[i % CITIES.length],
    note: null,
    code: text(`c-${String(i)}`),
    weight: (i + 1) / 7,
    count: i % 100,
    street: text(i % 4 === 0 ? `Kungsgatan ${String(i)}, Göteborg` : `Ulica Długa ${String(i)}, Łódź`),
  }));
const CITIES = ['Oslo', 'Bergen', 'Moss', 'Lund', 'Malmo'];

class Sample {
  readonly at: number;
  readonly value: number;
  readonly parent: object;
  constructor(at: number) {
    this.at = at;
    this.value = at + 0.5;
    this.parent = ROOT;
  }
}
const ROOT = {};

const unique = (i: number): string =>
  Buffer.from(`text-${String(i)}-${'x'.repeat(i % 50)}`).toString('latin1');

/** Field by field, as many parsers do: V8 keeps four fields in the object and the others beside it. */
const assigned = (row: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(row)) copy[key] = row[key];
  return copy;
};

const table = (n: number): Table =>
  tableFromArrays({
    id: Int32Array.from({ length: n }, (_, i) => i),
    price: Float64Array.from({ length: n }, (_, i) => i * 1.25),
    name: Array.from({ length: n }, (_, i) => `customer number ${String(i)}`),
  });

/** What a converter gives out: within a tenth. */
const DATA: Record<string, () => unknown> = {
  rows: () => rows(50_000),
  'parsed rows': () => JSON.parse(JSON.stringify(rows(50_000))) as unknown,
  'rows assigned field by field': () => rows(50_000).map(assigned),
  'rows with dates and lists': () =>
    rows(30_000).map(({ id, name, price, city }, i) => ({
      id,
      name,
      price,
      city,
      at: new Date(1.7e12 + i),
      tags: ['a', i, i + 1],
    })),
  'an Arrow table of arrays': () => table(100_000),
  'an Arrow table out of bytes': () => tableFromIPC(tableToIPC(table(100_000), { format: 'stream' }) ?? []),
  'class instances': () => Array.from({ length: 100_000 }, (_, i) => new Sample(i)),
  'narrow texts': () => Array.from({ length: 100_000 }, (_, i) => unique(i)),
  'wide texts': () =>
    Array.from({ length: 100_000 }, (_, i) => Buffer.from(`Größe €${String(1e6 + i)}`).toString()),
  'one long text': (): unknown => JSON.parse(`"${'ab'.repeat(1_500_000)}"`),
  integers: () => Array.from({ length: 1_000_000 }, (_, i) => i),
  doubles: () => Array.from({ length: 1_000_000 }, (_, i) => i + 0.5),
  'doubles among texts': () => ['x', ...Array.from({ length: 400_000 }, (_, i) => i + 0.5)].map((v) => v),
  'typed arrays': () => Array.from({ length: 500 }, (_, i) => new Float64Array(1000 + i)),
  dates: () => Array.from({ length: 100_000 }, (_, i) => new Date(1.7e12 + i)),
  bigints: () => Array.from({ length: 100_000 }, (_, i) => 2n ** 100n + BigInt(i)),
  'nested lists': () => Array.from({ length: 60_000 }, (_, i) => [[i, i + 1], [i + 2]]),
  buffers: () => Array.from({ length: 500 }, () => Buffer.alloc(10_000)),
  'one buffer, many views': () => {
    const buffer = new ArrayBuffer(4_000_000);
    return Array.from({ length: 1000 }, (_, i) => new Uint8Array(buffer, i, 1));
  },
};

/** What hash tables hold, and what a value cannot tell of itself: within a fifth. */
const COLLECTIONS: Record<string, () => unknown> = {
  // From Node 22 on V8 keeps what follows a field that only some of the rows have beside the row.
  'parsed rows of several shapes': () =>
    JSON.parse(
      JSON.stringify(rows(50_000).map((row, i) => ({ ...row, note: i % 3 === 0 ? null : undefined }))),
    ) as unknown,
  'rows of concatenations that nobody has read': () => rows(50_000, (text) => text),
  'a map from texts': () => new Map(Array.from({ length: 100_000 }, (_, i) => [unique(i), i])),
  'a map of doubles': () =>
    Array.from({ length: 100_000 }, (_, i) => i).reduce(
      (map, i) => map.set(i, i + 0.5),
      new Map<number, number>(),
    ),
  'small maps': () =>
    Array.from(
      { length: 50_000 },
      (_, i) =>
        new Map([
          [i, 'a'],
          [i + 1, 'b'],
          [i + 2, 'c'],
        ]),
    ),
  'a set of integers': () => new Set(Array.from({ length: 250_000 }, (_, i) => i)),
  'a large dictionary': () =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key number ${String(i)}`, i])),
  'objects without a prototype': () =>
    Array.from({ length: 50_000 }, (_, i) => Object.assign(Object.create(null) as object, { a: i, b: i })),
  'sparse arrays': () =>
    Array.from({ length: 20_000 }, () => Object.assign([], { 1_000_000: 1, 2_000_000: 2 })),
};

function heldBytes(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function measure(make: () => unknown): Growth {
  const before = heldBytes();
  const value = make();
  const measured = heldBytes() - before;
  return { measured, estimated: sizeOf(value) };
}

const make = { ...DATA, ...COLLECTIONS }[process.argv[2] ?? ''];
if (make === undefined) {
  console.log(JSON.stringify({ 0.1: Object.keys(DATA), 0.2: Object.keys(COLLECTIONS) } satisfies Kinds));
} else {
  // The first rounds compile code and make shapes, which then belong to the program and not to the value. Each round
  // starts from a fresh stack, on which nothing of the last is left.
  for (let round = 0; round < WARM_ROUNDS; round++) {
    measure(make);
    await setTimeout(5);
  }
  console.log(JSON.stringify(measure(make)));
}
