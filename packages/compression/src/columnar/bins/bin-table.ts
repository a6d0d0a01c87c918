import { BIN_OF, FREQUENCIES, LOWERS, ORIGIN, PRECISION, STATES, WIDTHS } from '../kernels/layout.js';
import type { Lane } from '../kernels/kernel.js';
import { unreadable, type PackedReader, type PackedWriter, type Workspace } from '../workspace.js';
import { BitReader, BitWriter } from './bits.js';
import { buckets, offsetBits } from './buckets.js';

/** A range of buckets whose numbers share a symbol. */
export interface Bin {
  readonly first: number;
  readonly last: number;
  /** Out of 4096. */
  readonly frequency: number;
}

export interface BinTable {
  /** Whether each bucket is one number. */
  readonly exact: boolean;
  readonly bins: readonly Bin[];
}

/** How many bits at least say how many bits a frequency has. */
const FREQUENCY_LENGTH = 4;

/**
 * Writes a table: a byte for the kind of its buckets, one for the number of bins less one, the origin, and as a
 * stream of bits for each bin the buckets skipped before it and those beyond its first, in Elias's gamma code plus
 * one, and unless it is the only one its frequency as a length of four bits and what is below its highest bit.
 */
export function writeTable({ exact, bins }: BinTable, lane: Lane, writer: PackedWriter): void {
  writer.byte(exact ? 1 : 0);
  writer.byte(bins.length - 1);
  writer.copy(ORIGIN, lane / 8);
  const bits = new BitWriter(writer);
  let next = 0;
  for (const { first, last, frequency } of bins) {
    bits.gamma(first - next + 1);
    bits.gamma(last - first + 1);
    next = last + 1;
    if (bins.length === 1) break;
    const length = 31 - Math.clz32(frequency);
    bits.write(length, FREQUENCY_LENGTH);
    bits.write(frequency - 2 ** length, length);
  }
  bits.finish();
}

/** Reads a table; raises a `RangeError` for one that `writeTable` does not write. */
export function readTable(lane: Lane, reader: PackedReader): BinTable {
  const kind = reader.byte();
  const count = reader.byte() + 1;
  if (kind > 1) throw unreadable();
  reader.copy(lane / 8, ORIGIN);
  const bits = new BitReader(reader);
  const bins: Bin[] = [];
  let next = 0;
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const first = next + bits.gamma() - 1;
    const last = first + bits.gamma() - 1;
    if (last >= buckets(kind === 1).length) throw unreadable();
    next = last + 1;
    const length = count === 1 ? PRECISION : bits.read(FREQUENCY_LENGTH);
    const frequency = 2 ** length + (count === 1 ? 0 : bits.read(length));
    sum += frequency;
    bins.push({ first, last, frequency });
  }
  bits.finish();
  if (sum !== 2 ** PRECISION) throw unreadable();
  return { exact: kind === 1, bins };
}

/** Where the bins begin, and how wide their offsets are, as the kernel reads it; returns whether any has offsets. */
export function layBounds({ exact, bins }: BinTable, { bytes, words }: Workspace): boolean {
  const all = buckets(exact);
  const low = words[ORIGIN / 4] ?? 0;
  const high = words[ORIGIN / 4 + 1] ?? 0;
  let widest = 0;
  for (const [symbol, { first, last }] of bins.entries()) {
    const from = all[first];
    const to = all[last];
    if (from === undefined || to === undefined) throw unreadable();
    const upper = Math.floor(from.lower / 2 ** 32);
    const lower = from.lower - upper * 2 ** 32 + low;
    words[LOWERS / 4 + 2 * symbol] = lower;
    words[LOWERS / 4 + 2 * symbol + 1] = high + upper + (lower >= 2 ** 32 ? 1 : 0);
    const width = offsetBits(from, to);
    bytes[WIDTHS + symbol] = width;
    widest = Math.max(widest, width);
  }
  return widest > 0;
}

/** Which bin each bucket is in, and how frequent the bins are, as the encoder reads it. */
export function layEncoder({ bins }: BinTable, { bytes, words }: Workspace): void {
  let sum = 0;
  for (const [symbol, { first, last, frequency }] of bins.entries()) {
    bytes.fill(symbol, BIN_OF + first, BIN_OF + last + 1);
    words[FREQUENCIES / 4 + symbol] = frequency + sum * 2 ** 16;
    sum += frequency;
  }
}

/** What each state of the decoder means. */
export function layDecoder({ bins }: BinTable, { words }: Workspace): void {
  let state = STATES / 4;
  for (const [symbol, { frequency }] of bins.entries()) {
    const common = symbol + frequency * 2 ** 8;
    for (let slot = 0; slot < frequency; slot++) words[state++] = common + slot * 2 ** 20;
  }
}
