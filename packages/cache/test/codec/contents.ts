import { needs } from '@perf/tooling-vitest/needs';
import fc from 'fast-check';
import type { TestContext } from 'vitest';

type Make = (memory: ArrayBuffer) => ArrayBufferView | ArrayBuffer;

/** Every class of binary contents; `Float16Array` where it is known. */
export const BINARY_CLASSES: readonly (readonly [name: string, make: Make])[] = [
  ['Int8Array', (memory) => new Int8Array(memory)],
  ['Uint8Array', (memory) => new Uint8Array(memory)],
  ['Uint8ClampedArray', (memory) => new Uint8ClampedArray(memory)],
  ['Int16Array', (memory) => new Int16Array(memory)],
  ['Uint16Array', (memory) => new Uint16Array(memory)],
  ['Int32Array', (memory) => new Int32Array(memory)],
  ['Uint32Array', (memory) => new Uint32Array(memory)],
  ['Float32Array', (memory) => new Float32Array(memory)],
  ['Float64Array', (memory) => new Float64Array(memory)],
  ['BigInt64Array', (memory) => new BigInt64Array(memory)],
  ['BigUint64Array', (memory) => new BigUint64Array(memory)],
  ['Buffer', (memory) => Buffer.from(memory)],
  ['DataView', (memory) => new DataView(memory)],
  ['ArrayBuffer', (memory) => memory],
  ['Float16Array', (memory) => float16(memory)],
];

function float16(memory: ArrayBuffer): ArrayBufferView {
  const found: unknown = Reflect.get(globalThis, 'Float16Array');
  if (typeof found !== 'function') throw new TypeError('this Node has no Float16Array');
  return Reflect.construct(found, [memory]) as ArrayBufferView;
}

/** Leaves out a test with a class that this Node has not. */
export function needsClass(test: Pick<TestContext, 'skip'>, name: string): void {
  if (name === 'Float16Array') needs(test, name);
}

/** Memory of the given size, filled with what a codec must find something in: a pattern that slowly changes. */
export function patterned(bytes: number, period = 24): ArrayBuffer {
  const memory = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) memory[i] = i % period === 0 ? i / period : i % period;
  return memory.buffer;
}

/** Bytes without any pattern, the same for every run. */
export function noise(bytes: number): ArrayBuffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = 1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
  }
  return words.buffer.slice(0, bytes);
}

/** A binary content of any class; sometimes large enough for a block of its own, with arbitrary bytes among it. */
export const binary: fc.Arbitrary<ArrayBufferView | ArrayBuffer> = fc
  .record({
    make: fc.constantFrom(...BINARY_CLASSES.filter(([name]) => name in globalThis).map(([, make]) => make)),
    words: fc.oneof(fc.nat(8), fc.integer({ min: 1000, max: 4000 })),
    period: fc.integer({ min: 1, max: 50 }),
    bytes: fc.uint8Array({ maxLength: 64 }),
  })
  .map(({ make, words, period, bytes }) => {
    const memory = patterned(8 * words, period);
    new Uint8Array(memory).set(bytes.subarray(0, memory.byteLength));
    return make(memory);
  });

/** A text: of any UTF-16 units, with or without wide ones, short or long. */
export const text: fc.Arbitrary<string> = fc
  .tuple(
    fc.string({ unit: fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)) }),
    fc.nat(4000),
  )
  .chain(([units, length]) =>
    fc.constantFrom(
      units,
      units.padEnd(length * 4, 'ab\u00e9 '),
      units.padStart(length * 4, '\u20acxyz\ud800'),
    ),
  );

const primitive: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, NaN, Infinity),
);

const name = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', '0', '17', 'toString', 'length', '\ud800'),
);

function record(value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc
    .tuple(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 6 }), fc.boolean())
    .map(([entries, bare]) => {
      const made = Object.fromEntries(entries);
      return bare ? (Object.setPrototypeOf(made, null) as object) : made;
    });
}

/** A plain record with everything in it that the codec takes. */
export const plainRecord: fc.Arbitrary<object> = fc.letrec<{ node: unknown; record: object }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    primitive,
    binary,
    fc.array(tie('node'), { maxLength: 4 }),
    tie('record'),
  ),
  record: record(tie('node')),
})).record;
