import { CONTENT, FIRST, SECOND } from '../kernels/layout.js';
import { readSeries, writeSeries, type Series } from '../series.js';
import { unreadable, type Workspace } from '../workspace.js';
import type { Block, BlockPlan, Filter } from './filter.js';

/** Doubles that are no more precise than floats, as floats with their sign as the lowest bit. */
export const singles: Filter<BlockPlan & { filter: 'singles' }> = {
  write(block, { series }, writer) {
    const floats = singleSeries(block, writer.workspace);
    if (floats === undefined) return false;
    writeSeries(floats, series, writer);
    return true;
  },
  read({ element, n }, reader) {
    if (element.kind !== 'float' || element.bytes !== 8) throw unreadable();
    const { kernel } = reader.workspace;
    readSeries(FIRST, n, 32, reader);
    kernel[32].rotate(FIRST, n, 32, true);
    kernel.promote(FIRST, n, SECOND);
    return SECOND;
  },
};

/** The doubles of a block as rotated floats, or nothing where one of them is more. */
export function singleSeries({ n }: Block, { kernel }: Workspace): Series | undefined {
  if (kernel.demote(CONTENT, n, FIRST) === 0) return undefined;
  kernel[32].rotate(FIRST, n, 32, false);
  return { at: FIRST, n, lane: 32, unsigned: true };
}
