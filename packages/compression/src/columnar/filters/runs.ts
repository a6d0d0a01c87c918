import { CONTENT, FIRST, POSITIONS, SECOND } from '../kernels/layout.js';
import { readSeries, writeSeries } from '../series.js';
import { unreadable } from '../workspace.js';
import type { BlockPlan, Filter } from './filter.js';
import { narrowed, widened } from './integers.js';

/** Runs of equal elements: how many there are, a word, then their values and their lengths as a series each. */
export const runs: Filter<BlockPlan & { filter: 'runs' }> = {
  write(block, { series }, writer) {
    const { n } = block;
    const { at, lane, unsigned } = widened(block, writer.workspace);
    const values = at === CONTENT ? FIRST : SECOND;
    const count = writer.workspace.kernel[lane].runs(at, n, values, POSITIONS);
    // Many short runs are longer than what they stand for.
    if (count > n / 2) return false;
    writer.word(count);
    writeSeries({ at: values, n: count, lane, unsigned }, series, writer);
    const lengths = { at: POSITIONS, n: count, lane: 32, unsigned: true } as const;
    writeSeries(lengths, { order: 0, packing: series.packing }, writer);
    return true;
  },
  read(block, reader) {
    const { n, element } = block;
    const count = reader.word();
    if (count > n) throw unreadable();
    readSeries(SECOND, count, element.lane, reader);
    readSeries(POSITIONS, count, 32, reader);
    const kernel = reader.workspace.kernel[element.lane];
    if (kernel.expand(SECOND, POSITIONS, count, n, FIRST) === 0) throw unreadable();
    return narrowed(block, reader.workspace);
  },
};
