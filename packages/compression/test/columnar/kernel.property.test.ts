import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { wasmKernel, type Kernel, type Lane } from '../../src/columnar/kernels/kernel.js';
import {
  BIN_OF,
  CONTENT,
  COUNTERS,
  DICTIONARY,
  DIVISOR,
  FIRST,
  FREQUENCIES,
  LOWERS,
  ORIGIN,
  PACKED,
  PACKED_END,
  PAGES,
  POSITIONS,
  SECOND,
  STATES,
  SYMBOLS,
  WIDTHS,
} from '../../src/columnar/kernels/layout.js';
import { createTwin } from '../../src/columnar/kernels/twin/twin.js';
import { anyNumbers, buildNumbers, dice } from './numbers.js';

// The loops in WebAssembly and in JavaScript, side by side: same answers, same bytes.

const wasm = wasmKernel();
const length = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom(127, 128, 129, 1023, 1024, 1025, 2500),
);
const lanes: readonly Lane[] = [32, 64];

describe('the kernel and its twin', () => {
  const twin = createTwin();
  const kernels: readonly Kernel[] = wasm === undefined ? [twin] : [wasm, twin];
  const bytesOf = (kernel: Kernel): Uint8Array => new Uint8Array(kernel.memory.buffer);

  beforeEach(() => {
    for (const kernel of kernels) bytesOf(kernel).fill(0);
  });

  function put(content: ArrayBufferView, at: number): void {
    const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    for (const kernel of kernels) bytesOf(kernel).set(bytes, at);
  }

  /** Calls both; the answer on which they agree. */
  function both<R>(call: (kernel: Kernel) => R): R | undefined {
    const answers = kernels.map(call);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    return answers[0];
  }

  function sameBytes(from: number, bytes: number): void {
    const regions = kernels.map((kernel) => Buffer.from(bytesOf(kernel).subarray(from, from + bytes)));
    for (const region of regions) expect(region.equals(regions[0] ?? region)).toBe(true);
  }

  /** Numbers of a width in `FIRST`, with a seed before them. */
  function numbers(lane: Lane): fc.Arbitrary<{ n: number; bytes: Uint8Array }> {
    return anyNumbers(length)
      .filter(({ kind }) => kind.elementBytes === lane / 8)
      .map((shape) => {
        const array = buildNumbers(shape);
        return { n: shape.length, bytes: new Uint8Array(array.buffer) };
      });
  }

  describe.each(lanes)('for numbers of %i bits', (lane) => {
    const width = lane / 8;
    const check = (property: (n: number, bytes: Uint8Array) => void): void => {
      fc.assert(
        fc.property(numbers(lane), ({ n, bytes }) => {
          put(bytes, FIRST);
          property(n, bytes);
        }),
        { numRuns: 150 },
      );
    };

    it('pack alike, and unpack to what was packed', () => {
      check((n, bytes) => {
        for (const unsigned of [false, true]) {
          both((kernel) => kernel[lane].width(FIRST, n, unsigned));
          sameBytes(ORIGIN, width);
          const end = both((kernel) => kernel[lane].pack(FIRST, n, unsigned, PACKED)) ?? 0;
          sameBytes(PACKED, end - PACKED);
          expect(both((kernel) => kernel[lane].unpack(PACKED, end, n, SECOND))).toBe(end);
          sameBytes(SECOND, n * width);
          expect(Buffer.compare(bytesOf(twin).subarray(SECOND, SECOND + n * width), bytes)).toBe(0);
          expect(both((kernel) => kernel[lane].unpack(PACKED, end - 1, n, SECOND))).toBe(0);
        }
      });
    });

    it('subtract and sum up alike', () => {
      check((n, bytes) => {
        put(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).subarray(0, width), FIRST - width);
        put(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).subarray(0, width), SECOND - width);
        both((kernel) => {
          kernel[lane].differences(FIRST, n, SECOND);
        });
        sameBytes(SECOND, n * width);
        both((kernel) => {
          kernel[lane].sums(SECOND, n);
        });
        sameBytes(SECOND, n * width);
        expect(Buffer.compare(bytesOf(twin).subarray(SECOND, SECOND + n * width), bytes)).toBe(0);
      });
    });

    it('take decimals alike', () => {
      check((n) => {
        for (const exponent of [0, 2, 15]) {
          for (const divide of [false, true]) {
            const scale = 10 ** exponent;
            const exceptions =
              both((kernel) => kernel[lane].toDecimals(FIRST, n, scale, divide, SECOND, POSITIONS)) ?? 0;
            sameBytes(SECOND, n * width);
            sameBytes(POSITIONS, exceptions * 4);
            both((kernel) => {
              kernel[lane].fromDecimals(SECOND, n, scale, divide);
            });
            sameBytes(SECOND, n * width);
          }
        }
      });
    });

    it('rotate and turn signs alike, there and back', () => {
      check((n, bytes) => {
        for (const back of [false, true]) {
          both((kernel) => {
            kernel[lane].rotate(FIRST, n, lane, back);
          });
          sameBytes(FIRST, n * width);
        }
        for (const back of [false, true]) {
          both((kernel) => {
            kernel[lane].zigzag(FIRST, n, back);
          });
          sameBytes(FIRST, n * width);
        }
        expect(Buffer.compare(bytesOf(twin).subarray(FIRST, FIRST + n * width), bytes)).toBe(0);
      });
    });

    it('divide and multiply alike', () => {
      check((n, bytes) => {
        const first = bytes.slice(0, width);
        for (const divisor of [1, 3, 1000]) {
          const divisors = lane === 64 ? BigInt64Array.of(BigInt(divisor)) : Int32Array.of(divisor);
          put(first, ORIGIN);
          put(divisors, DIVISOR);
          if (both((kernel) => kernel[lane].divide(FIRST, n, SECOND)) !== 1) continue;
          sameBytes(SECOND, n * width);
          both((kernel) => {
            kernel[lane].multiply(SECOND, n);
          });
          sameBytes(SECOND, n * width);
          const back = bytesOf(twin).subarray(SECOND, SECOND + n * width);
          expect(Buffer.compare(back, bytes)).toBe(0);
        }
      });
    });

    it('find runs and entries alike, and write them out', () => {
      check((n, bytes) => {
        const runs = both((kernel) => kernel[lane].runs(FIRST, n, SECOND, POSITIONS)) ?? 0;
        sameBytes(SECOND, runs * width);
        sameBytes(POSITIONS, runs * 4);
        expect(both((kernel) => kernel[lane].expand(SECOND, POSITIONS, runs, n, CONTENT))).toBe(1);
        expect(Buffer.compare(bytesOf(twin).subarray(CONTENT, CONTENT + n * width), bytes)).toBe(0);
        sameBytes(CONTENT, n * width);
        expect(both((kernel) => kernel[lane].expand(SECOND, POSITIONS, runs, n + 1, CONTENT))).toBe(0);
        expect(both((kernel) => kernel[lane].expand(SECOND, POSITIONS, runs, n - 1, CONTENT))).toBe(0);

        const entries = both((kernel) => kernel[lane].index(FIRST, n, POSITIONS, DICTIONARY, 64)) ?? 0;
        if (entries === 0) return;
        sameBytes(DICTIONARY, entries * width);
        sameBytes(POSITIONS, n * 4);
        expect(both((kernel) => kernel[lane].lookup(POSITIONS, n, DICTIONARY, entries, SECOND))).toBe(1);
        sameBytes(SECOND, n * width);
        expect(Buffer.compare(bytesOf(twin).subarray(SECOND, SECOND + n * width), bytes)).toBe(0);
        expect(both((kernel) => kernel[lane].lookup(POSITIONS, n, DICTIONARY, entries - 1, SECOND))).toBe(0);
      });
    });

    it('count and classify alike', () => {
      check((n) => {
        put(new Uint8Array(8), ORIGIN);
        put(
          Uint8Array.from({ length: 1024 }, (_, i) => i >> 2),
          BIN_OF,
        );
        const narrow = (both((kernel) => kernel[lane].width(FIRST, n, false)) ?? 64) <= 9;
        for (const exact of narrow ? [true, false] : [false]) {
          both((kernel) => {
            kernel[lane].count(FIRST, n, exact);
          });
          sameBytes(COUNTERS, 4096);
          both((kernel) => {
            kernel[lane].classify(FIRST, n, exact);
          });
          sameBytes(SYMBOLS, n);
        }
      });
    });

    it('write and read offsets alike', () => {
      fc.assert(
        fc.property(length, fc.nat(1_000_000), (n, seed) => {
          const next = dice(seed);
          const widths = Uint8Array.from({ length: 4 }, () => next() % (lane + 1));
          const symbols = Uint8Array.from({ length: n }, () => next() % 4);
          const bounds = BigUint64Array.from({ length: 4 }, () => (BigInt(next()) << 32n) | BigInt(next()));
          const values = Array.from(symbols, (symbol) => {
            const offset = BigInt.asUintN(widths[symbol] ?? 0, (BigInt(next()) << 32n) | BigInt(next()));
            return BigInt.asUintN(lane, (bounds[symbol] ?? 0n) + offset);
          });
          const content =
            lane === 64 ? BigUint64Array.from(values) : Uint32Array.from(values, (value) => Number(value));
          put(widths, WIDTHS);
          put(symbols, SYMBOLS);
          put(bounds, LOWERS);
          put(content, FIRST);
          const end = both((kernel) => kernel[lane].writeOffsets(FIRST, n, PACKED)) ?? 0;
          sameBytes(PACKED, end - PACKED);
          expect(both((kernel) => kernel[lane].readOffsets(PACKED, end, n, SECOND))).toBe(end);
          sameBytes(SECOND, n * width);
          const back = Buffer.from(bytesOf(twin).subarray(SECOND, SECOND + n * width));
          expect(back.equals(Buffer.from(content.buffer))).toBe(true);
          if (end > PACKED) {
            expect(both((kernel) => kernel[lane].readOffsets(PACKED, end - 1, n, SECOND))).toBe(0);
          }
          both((kernel) => {
            kernel[lane].readLowers(n, SECOND);
          });
          sameBytes(SECOND, n * width);
        }),
        { numRuns: 150 },
      );
    });
  });

  it('code symbols alike, and refuse what they do not write', () => {
    fc.assert(
      fc.property(length, fc.nat(1_000_000), (n, seed) => {
        const next = dice(seed);
        const frequencies = [1, 4096 - 1 - 300 - 7, 300, 7];
        const starts = [0, 1, 1 + 3788, 1 + 3788 + 300];
        put(
          Uint8Array.from({ length: n }, () => (next() % 5 === 0 ? next() % 4 : 1)),
          SYMBOLS,
        );
        put(
          Uint32Array.from(frequencies, (frequency, i) => frequency + (starts[i] ?? 0) * 65_536),
          FREQUENCIES,
        );
        const states = frequencies.flatMap((frequency, symbol) =>
          Array.from({ length: frequency }, (_, slot) => symbol + frequency * 2 ** 8 + slot * 2 ** 20),
        );
        put(Uint32Array.from(states), STATES);
        const symbols = bytesOf(twin).slice(SYMBOLS, SYMBOLS + n);
        const begin = both((kernel) => kernel.encodeSymbols(n, PACKED_END)) ?? 0;
        sameBytes(begin, PACKED_END - begin);
        put(new Uint8Array(n), SYMBOLS);
        expect(both((kernel) => kernel.decodeSymbols(begin, PACKED_END, n))).toBe(PACKED_END);
        sameBytes(SYMBOLS, n);
        expect(Buffer.compare(bytesOf(twin).subarray(SYMBOLS, SYMBOLS + n), symbols)).toBe(0);
        expect(both((kernel) => kernel.decodeSymbols(begin, begin + 15, n))).toBe(0);
        for (const kernel of kernels) {
          const bytes = bytesOf(kernel);
          bytes[begin] = (bytes[begin] ?? 0) ^ 1;
        }
        // Another first state leads to another last one.
        expect(both((kernel) => kernel.decodeSymbols(begin, PACKED_END, n))).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('widen, narrow and shuffle alike', () => {
    fc.assert(
      fc.property(length, fc.nat(1_000_000), (n, seed) => {
        const next = dice(seed);
        const content = Uint8Array.from({ length: n * 8 }, () => next());
        put(content, CONTENT);
        for (const signed of [false, true]) {
          both((kernel) => {
            kernel.widen8(CONTENT, n, signed, FIRST);
            kernel.narrow8(FIRST, n, SECOND);
          });
          sameBytes(FIRST, n * 4);
          expect(Buffer.compare(bytesOf(twin).subarray(SECOND, SECOND + n), content.subarray(0, n))).toBe(0);
          sameBytes(SECOND, n);
          both((kernel) => {
            kernel.widen16(CONTENT, n, signed, FIRST);
            kernel.narrow16(FIRST, n, SECOND);
          });
          sameBytes(FIRST, n * 4);
          sameBytes(SECOND, n * 2);
        }
        both((kernel) => {
          kernel[32].rotate(FIRST, n, 16, false);
        });
        sameBytes(FIRST, n * 4);
        for (const width of [2, 4, 8]) {
          both((kernel) => {
            kernel.shuffle(CONTENT, n, width, FIRST);
            kernel.unshuffle(FIRST, n, width, SECOND);
          });
          sameBytes(FIRST, n * width);
          sameBytes(SECOND, n * width);
          const back = bytesOf(twin).subarray(SECOND, SECOND + n * width);
          expect(Buffer.compare(back, content.subarray(0, n * width))).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('take doubles for floats alike, and only those that are', () => {
    fc.assert(
      fc.property(numbers(64), fc.boolean(), ({ n, bytes }, rounded) => {
        const doubles = new Float64Array(bytes.slice().buffer);
        if (rounded)
          doubles.forEach((value, i) => (doubles[i] = Number.isNaN(value) ? 1 : Math.fround(value)));
        put(doubles, CONTENT);
        const singles = both((kernel) => kernel.demote(CONTENT, n, FIRST));
        if (rounded) expect(singles).toBe(1);
        if (singles !== 1) return;
        sameBytes(FIRST, n * 4);
        both((kernel) => {
          kernel.promote(FIRST, n, SECOND);
        });
        sameBytes(SECOND, n * 8);
        const back = new Float64Array(twin.memory.buffer.slice(SECOND, SECOND + n * 8));
        for (const [i, value] of doubles.entries()) expect(Object.is(back[i], value)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('have memory of the same size, and keep it', () => {
    expect(both(({ memory }) => memory.buffer.byteLength)).toBe(PAGES * 65_536);
  });
});
