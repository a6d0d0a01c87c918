import { setTimeout } from 'node:timers/promises';
import { sizeOf } from '../../src/index.js';

/*
 * Runs in a process of its own with --expose-gc: builds the kind of value that its argument names, and prints as JSON
 * what `sizeOf` says of it and by how much the heap really grew. Without an argument it prints the names.
 */

const WARM_ROUNDS = 1;

export interface Growth {
  readonly estimated: number;
  readonly measured: number;
}

const rows = (n: number): unknown =>
  Array.from({ length: n }, (_, i) => ({
    id: i,
    name: `customer number ${String(i)}`,
    price: i * 1.25 + 0.1,
    paid: i % 2 === 0,
    city: CITIES[i % CITIES.length],
    note: i % 3 === 0 ? null : undefined,
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

const KINDS: Record<string, () => unknown> = {
  rows: () => rows(100_000),
  'parsed rows': () => JSON.parse(JSON.stringify(rows(100_000))) as unknown,
  'class instances': () => Array.from({ length: 100_000 }, (_, i) => new Sample(i)),
  'narrow texts': () => Array.from({ length: 100_000 }, (_, i) => unique(i)),
  'wide texts': () =>
    Array.from({ length: 100_000 }, (_, i) => Buffer.from(`Größe €${String(1e6 + i)}`).toString()),
  'one long text': (): unknown => JSON.parse(`"${'ab'.repeat(1_500_000)}"`),
  integers: () => Array.from({ length: 1_000_000 }, (_, i) => i),
  doubles: () => Array.from({ length: 1_000_000 }, (_, i) => i + 0.5),
  'doubles among texts': () => ['x', ...Array.from({ length: 400_000 }, (_, i) => i + 0.5)].map((v) => v),
  'typed arrays': () => Array.from({ length: 500 }, (_, i) => new Float64Array(1000 + i)),
  'one buffer, many views': () => {
    const buffer = new ArrayBuffer(4_000_000);
    return Array.from({ length: 1000 }, (_, i) => new Uint8Array(buffer, i, 1));
  },
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
  dates: () => Array.from({ length: 100_000 }, (_, i) => new Date(1.7e12 + i)),
  bigints: () => Array.from({ length: 100_000 }, (_, i) => 2n ** 100n + BigInt(i)),
  'nested lists': () => Array.from({ length: 60_000 }, (_, i) => [[i, i + 1], [i + 2]]),
  buffers: () => Array.from({ length: 500 }, () => Buffer.alloc(10_000)),
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

const make = KINDS[process.argv[2] ?? ''];
if (make === undefined) {
  console.log(JSON.stringify(Object.keys(KINDS)));
} else {
  // The first rounds compile code and make shapes, which then belong to the program and not to the value. Each round
  // starts from a fresh stack, on which nothing of the last is left.
  for (let round = 0; round < WARM_ROUNDS; round++) {
    measure(make);
    await setTimeout(5);
  }
  console.log(JSON.stringify(measure(make)));
}
