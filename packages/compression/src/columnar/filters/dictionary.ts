import { DICTIONARY, FIRST, POSITIONS } from '../kernels/layout.js';
import { readSeries, writeSeries } from '../series.js';
import { unreadable } from '../workspace.js';
import type { BlockPlan, Filter } from './filter.js';
import { narrowed, widened } from './integers.js';

/** Entries that a dictionary can have. */
export const MOST_ENTRIES = 4096;

/**
 * Elements as numbers in a dictionary, in the order of first appearance: how many there are, 16 bits, then the
 * entries and the numbers as a series each.
 */
export const dictionary: Filter<BlockPlan & { filter: 'dictionary' }> = {
  write(block, { series }, writer) {
    const { n } = block;
    const { at, lane, unsigned } = widened(block, writer.workspace);
    const kernel = writer.workspace.kernel[lane];
    const entries = kernel.index(at, n, POSITIONS, DICTIONARY, MOST_ENTRIES);
    if (entries === 0) return false;
    writer.byte(entries & 0xff);
    writer.byte(entries >> 8);
    writeSeries({ at: DICTIONARY, n: entries, lane, unsigned }, { order: 0, packing: 'pack' }, writer);
    writeSeries({ at: POSITIONS, n, lane: 32, unsigned: true }, series, writer);
    return true;
  },
  read(block, reader) {
    const { n, element } = block;
    const entries = reader.byte() + 2 ** 8 * reader.byte();
    if (entries > MOST_ENTRIES) throw unreadable();
    readSeries(DICTIONARY, entries, element.lane, reader);
    readSeries(POSITIONS, n, 32, reader);
    const kernel = reader.workspace.kernel[element.lane];
    if (kernel.lookup(POSITIONS, n, DICTIONARY, entries, FIRST) === 0) throw unreadable();
    return narrowed(block, reader.workspace);
  },
};
