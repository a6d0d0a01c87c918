import { CONTENT, FIRST } from '../kernels/layout.js';
import { readSeries, writeSeries, type Series } from '../series.js';
import type { Workspace } from '../workspace.js';
import type { Block, BlockPlan, Filter } from './filter.js';

/** The elements as the integers that their bytes are. */
export const integers: Filter<BlockPlan & { filter: 'integers' }> = {
  write(block, plan, writer) {
    writeSeries(widened(block, writer.workspace), plan.series, writer);
    return true;
  },
  read(block, reader) {
    readSeries(FIRST, block.n, block.element.lane, reader);
    return narrowed(block, reader.workspace);
  },
};

/** As integers, but of floats with their sign as the lowest bit, so that what is near in size is near. */
export const rotated: Filter<BlockPlan & { filter: 'rotated' }> = {
  write(block, plan, writer) {
    writeSeries(rotatedSeries(block, writer.workspace), plan.series, writer);
    return true;
  },
  read(block, reader) {
    const { lane, bytes } = block.element;
    readSeries(FIRST, block.n, lane, reader);
    reader.workspace.kernel[lane].rotate(FIRST, block.n, bytes * 8, true);
    return narrowed(block, reader.workspace);
  },
};

/** The elements as a series: where they stand, or as words where they are smaller. */
export function widened({ element, n }: Block, { kernel }: Workspace, from: number = CONTENT): Series {
  const { bytes, lane, kind } = element;
  const signed = kind === 'signed';
  const at = bytes >= 4 ? from : FIRST;
  if (bytes === 1) kernel.widen8(from, n, signed, at);
  if (bytes === 2) kernel.widen16(from, n, signed, at);
  return { at, n, lane, unsigned: !signed };
}

export function rotatedSeries(block: Block, workspace: Workspace): Series {
  const { element, n } = block;
  const { at } = widened(block, workspace);
  if (at === CONTENT) workspace.bytes.copyWithin(FIRST, CONTENT, CONTENT + n * element.bytes);
  workspace.kernel[element.lane].rotate(FIRST, n, element.bytes * 8, false);
  return { at: FIRST, n, lane: element.lane, unsigned: true };
}

/** Numbers in `FIRST` as elements again; returns where they stand. */
export function narrowed({ element, n }: Block, { kernel }: Workspace): number {
  if (element.bytes >= 4) return FIRST;
  if (element.bytes === 1) kernel.narrow8(FIRST, n, CONTENT);
  else kernel.narrow16(FIRST, n, CONTENT);
  return CONTENT;
}

/** Bytes as they are. */
export const raw: Filter<BlockPlan & { filter: 'raw' }> = {
  write({ element, n }, _plan, writer) {
    writer.copy(CONTENT, n * element.bytes);
    return true;
  },
  read({ element, n }, reader) {
    const at = reader.at;
    reader.skip(n * element.bytes);
    return at;
  },
};

/** One element for all. */
export const constant: Filter<BlockPlan & { filter: 'constant' }> = {
  write(block, _plan, writer) {
    const { element } = block;
    writer.copy(CONTENT, element.bytes);
    return true;
  },
  read({ element, n }, reader) {
    reader.copy(element.bytes, CONTENT);
    const { bytes } = reader.workspace;
    // Doubling what is there, until it is all there.
    const end = n * element.bytes;
    for (let done = element.bytes; done < end; done *= 2) {
      bytes.copyWithin(CONTENT + done, CONTENT, CONTENT + Math.min(done, end - done));
    }
    return CONTENT;
  },
};

/** Whether all elements of a block are equal. */
export function isConstant({ element, n }: Block, { bytes }: Workspace): boolean {
  const end = CONTENT + n * element.bytes;
  const ahead = bytes.subarray(CONTENT + element.bytes, end);
  const behind = bytes.subarray(CONTENT, end - element.bytes);
  return Buffer.compare(ahead, behind) === 0;
}
