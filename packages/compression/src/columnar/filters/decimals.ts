import { CONTENT, FIRST, POSITIONS, SECOND } from '../kernels/layout.js';
import { readSeries, writeSeries, type SeriesPlan } from '../series.js';
import { unreadable, type PackedReader, type PackedWriter } from '../workspace.js';
import type { Block, BlockPlan, Filter } from './filter.js';

/** Powers of ten beyond these are no whole numbers that a double holds. */
export const MOST_EXPONENT = 22;
/** What cannot be written as a decimal is rare, or another filter is better. */
const MOST_EXCEPTIONS = 1 / 4;

/** Scale and direction for the kernel: a number times 10^exponent is its integer. */
export function scaleOf(exponent: number): { scale: number; divide: boolean } {
  return { scale: 10 ** Math.abs(exponent), divide: exponent < 0 };
}

/**
 * Floats as integers and an exponent of ten, a signed byte. What does not come back bit for bit is an exception:
 * behind the integers stand their number, a word, and where there are any their positions and their bits.
 */
export const decimals: Filter<BlockPlan & { filter: 'decimals' }> = {
  write({ element, n }, { exponent, series }, writer) {
    const { lane } = element;
    const { scale, divide } = scaleOf(exponent);
    const { kernel } = writer.workspace;
    const exceptions = kernel[lane].toDecimals(CONTENT, n, scale, divide, FIRST, POSITIONS);
    if (exceptions > n * MOST_EXCEPTIONS) return false;
    if (exceptions > 0) settleFirst({ element, n }, exceptions, writer);
    writer.byte(exponent);
    writeSeries({ at: FIRST, n, lane, unsigned: false }, series, writer);
    writer.word(exceptions);
    if (exceptions > 0) writeExceptions({ element, n }, exceptions, series, writer);
    return true;
  },
  read({ element, n }, reader) {
    const { lane, bytes, kind } = element;
    if (kind !== 'float' || bytes < 4) throw unreadable();
    const exponent = (reader.byte() << 24) >> 24;
    if (Math.abs(exponent) > MOST_EXPONENT) throw unreadable();
    const { scale, divide } = scaleOf(exponent);
    readSeries(FIRST, n, lane, reader);
    reader.workspace.kernel[lane].fromDecimals(FIRST, n, scale, divide);
    const exceptions = reader.word();
    if (exceptions > n) throw unreadable();
    if (exceptions > 0) readExceptions({ element, n }, exceptions, reader);
    return FIRST;
  },
};

/** Exceptions before the first decimal take its integer, so that they do not lie far from all others. */
function settleFirst({ element, n }: Block, exceptions: number, { workspace }: PackedWriter): void {
  const { bytes, words } = workspace;
  let leading = 0;
  while (leading < exceptions && words[POSITIONS / 4 + leading] === leading) leading += 1;
  if (leading === 0 || leading === n) return;
  const from = FIRST + leading * element.bytes;
  for (let index = 0; index < leading; index++) {
    bytes.copyWithin(FIRST + index * element.bytes, from, from + element.bytes);
  }
}

function writeExceptions(
  { element }: Block,
  exceptions: number,
  { packing }: SeriesPlan,
  writer: PackedWriter,
): void {
  const { words } = writer.workspace;
  const wide = element.lane / 32;
  // Positions are subtracted into one of the regions, so the bits are gathered afterwards.
  writeSeries({ at: POSITIONS, n: exceptions, lane: 32, unsigned: true }, { order: 1, packing }, writer);
  for (let index = 0; index < exceptions; index++) {
    const from = CONTENT / 4 + (words[POSITIONS / 4 + index] ?? 0) * wide;
    words.copyWithin(SECOND / 4 + index * wide, from, from + wide);
  }
  const values = { at: SECOND, n: exceptions, lane: element.lane, unsigned: true };
  writeSeries(values, { order: 0, packing }, writer);
}

function readExceptions({ element, n }: Block, exceptions: number, reader: PackedReader): void {
  const { words } = reader.workspace;
  const wide = element.lane / 32;
  readSeries(POSITIONS, exceptions, 32, reader);
  readSeries(SECOND, exceptions, element.lane, reader);
  for (let index = 0; index < exceptions; index++) {
    const position = words[POSITIONS / 4 + index] ?? 0;
    if (position >= n) throw unreadable();
    const from = SECOND / 4 + index * wide;
    words.copyWithin(FIRST / 4 + position * wide, from, from + wide);
  }
}
