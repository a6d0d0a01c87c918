import { expect, it } from 'vitest';
import { Compressor, type CompressorOptions } from '../src/index.js';
import { codeOf, codeOfRejection, flip, reseal } from './forge.js';
import { buildNumbers, FLAVOURS } from './columnar/numbers.js';
import { build, KINDS, noise, sameBytes, type Shape } from './samples.js';

const FRAMES = 100_000;
const CODES = ['CORRUPT', 'NOT_A_FRAME', 'VERSION', 'CODEC', 'ELEMENT_TYPE', 'TOO_LARGE'];

/** Numbers below a bound, from a seed: a failure names the round, and the round repeats it. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }
  one<T>(...choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }
}

function anyData(dice: Dice): ReturnType<typeof build> {
  if (dice.below(2) === 0) {
    return buildNumbers({
      kind: dice.one(...KINDS),
      flavour: dice.one(...FLAVOURS),
      length: 1 + dice.below(dice.one(8, 200, 1500)),
      seed: dice.below(1000),
    });
  }
  const shape: Shape = {
    kind: dice.one(...KINDS),
    length: dice.below(dice.one(8, 200, 3000)),
    skipped: dice.below(5),
    content: dice.one('zeros', 'pattern', 'noise'),
    shared: false,
  };
  return build(shape);
}

function mutated(frame: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  let result = frame.slice();
  for (let times = dice.one(1, 1, 2, 5); times > 0; times--) {
    const at = dice.below(result.byteLength + 1);
    const length = dice.below(dice.one(4, 64));
    switch (dice.below(7)) {
      case 0:
        if (result.byteLength > 0) result = flip(result, dice.below(result.byteLength * 8)).slice();
        break;
      case 1:
        result = result.slice(0, at);
        break;
      case 2:
        result = Uint8Array.from([...result.slice(0, at), ...noise(length, at + 1), ...result.slice(at)]);
        break;
      case 3:
        result = Uint8Array.from([...result.slice(0, at), ...result.slice(at + length)]);
        break;
      case 4:
        result.fill(dice.one(0, 0xff), at, at + length);
        break;
      case 5:
        result.set(other.subarray(0, Math.min(32, result.byteLength)));
        break;
      default:
        if (result.byteLength >= 32) result[5 + dice.below(27)] = dice.below(256);
    }
  }
  if (result.byteLength < 32 || dice.below(2) === 0) return result;
  // Half of them get checksums that fit, so that the codecs meet them too. That of the content stays the one of the
  // content that was given: nothing else may come back.
  result.set(frame.subarray(20, 24), 20);
  return reseal(result);
}

it(`${String(FRAMES)} mutated frames end in a typed error or in the bytes that were given`, async () => {
  const writers = (
    [
      { codec: 'none' },
      {},
      { codec: 'gzip', portable: true },
      { codec: 'deflate' },
      { codec: 'brotli' },
      { codec: 'zstd' },
      { codec: 'columnar' },
      { codec: 'columnar', level: 'balanced' },
      { codec: 'columnar', level: 'small' },
    ] as const
  ).map((options: CompressorOptions) => new Compressor({ minBytes: 0, ...options }));
  const readers = [false, true].map((portable) => new Compressor({ portable, maxOutputBytes: '16MB' }));
  const peakBefore = process.memoryUsage().arrayBuffers;
  let peak = 0;
  let refused = 0;
  let other = { frame: new Uint8Array(32), data: new Uint8Array(0) as ReturnType<typeof build> };
  for (let round = 0; round < FRAMES; round++) {
    const dice = new Dice(round);
    const data = anyData(dice);
    const frame = dice.one(...writers).compressSync(data);
    const forged = mutated(frame, other.frame, dice);
    // A frame that got the header of another, and whose payload was cut away, can be that other frame.
    const given = sameBytes(forged, other.frame) ? other.data : data;
    other = { frame, data };
    const reader = dice.one(...readers);
    const accept = (back: ArrayBufferView | ArrayBuffer): void => {
      if (!sameBytes(back, given)) throw new Error(`round ${String(round)}: other bytes than were given`);
    };
    const code =
      round % 10 === 0
        ? await codeOfRejection(reader.decompress(forged).then(accept))
        : codeOf(() => {
            accept(reader.decompressSync(forged));
          });
    if (code !== undefined && !CODES.includes(code)) throw new Error(`round ${String(round)}: ${code}`);
    if (code !== undefined) refused += 1;
    if (round % 1000 === 0) peak = Math.max(peak, process.memoryUsage().arrayBuffers - peakBefore);
  }
  expect(refused).toBeGreaterThan(FRAMES / 2);
  expect(peak).toBeLessThan(512 * 2 ** 20);
});
