import { CONTENT, FIRST, SECOND } from '../kernels/layout.js';
import { differences, laySeed } from '../series.js';
import { unreadable, type PackedWriter } from '../workspace.js';
import type { Block, BlockPlan, Filter } from './filter.js';
import { narrowed, widened } from './integers.js';

/** Bytes by which it is judged what shuffling and a quick DEFLATE gain. */
const TRIAL_BYTES = 16_384;

/**
 * For what repeats: the bytes of the elements sorted by their place in the element, and deflated. A byte says whether
 * they are those of the elements (0), or of words or double words that are the differences between them with their sign
 * as the lowest bit (1), behind the seed of the first.
 */
export const shuffled: Filter<BlockPlan & { filter: 'shuffled' }> = {
  write(block, { order, level }, writer) {
    const { workspace } = writer;
    writer.byte(order);
    const { at, length } = shuffledBytes(block, CONTENT, order, writer);
    const packed = workspace.deflate.deflate(workspace.bytes.slice(at, at + length), level);
    if (packed.byteLength >= block.n * block.element.bytes) return false;
    workspace.bytes.set(packed, writer.at);
    writer.at += packed.byteLength;
    return true;
  },
  read(block, reader) {
    const { n, element } = block;
    const { kernel, bytes, deflate } = reader.workspace;
    const order = reader.byte();
    if (order > 1) throw unreadable();
    const width = order === 1 ? element.lane / 8 : element.bytes;
    const seed = reader.at;
    reader.skip(order * width);
    const inflated = deflate.inflate(reader.rest().slice(), n * width);
    reader.skip(reader.end - reader.at);
    bytes.set(inflated, SECOND);
    if (width > 1) kernel.unshuffle(SECOND, n, width, FIRST);
    else bytes.copyWithin(FIRST, SECOND, SECOND + n);
    if (order === 0) return FIRST;
    kernel[element.lane].zigzag(FIRST, n, true);
    bytes.copyWithin(FIRST - width, seed, seed + width);
    kernel[element.lane].sums(FIRST, n);
    return narrowed(block, reader.workspace);
  },
};

/** The order by which a few kilobytes from the middle become smaller, and how many times. */
export function shuffledGain(block: Block, writer: PackedWriter): { order: 0 | 1; gain: number } {
  const [plain, stepped] = ([0, 1] as const).map((order) => gainOf(block, order, writer));
  return (stepped ?? 0) > (plain ?? 0) * 1.05
    ? { order: 1, gain: stepped ?? 1 }
    : { order: 0, gain: plain ?? 1 };
}

function gainOf({ element, n }: Block, order: 0 | 1, writer: PackedWriter): number {
  const { workspace } = writer;
  const part: Block = { element, n: Math.min(n, TRIAL_BYTES / element.bytes) };
  const from = CONTENT + Math.floor((n - part.n) / 2) * element.bytes;
  const { at, length } = shuffledBytes(part, from, order, writer);
  const deflated = workspace.deflate.deflate(workspace.bytes.slice(at, at + length), 1);
  return (part.n * element.bytes) / deflated.byteLength;
}

/** Shuffles elements or their differences; a seed is written down. */
function shuffledBytes(
  block: Block,
  from: number,
  order: 0 | 1,
  writer: PackedWriter,
): { at: number; length: number } {
  const { workspace } = writer;
  const { element, n } = block;
  if (order === 0) {
    if (element.bytes === 1) return { at: from, length: n };
    workspace.kernel.shuffle(from, n, element.bytes, FIRST);
    return { at: FIRST, length: n * element.bytes };
  }
  const width = element.lane / 8;
  const series = widened(block, workspace, from);
  // Within a block what comes before is the seed, and must stay what it is.
  if (from === CONTENT) writer.copy(laySeed(workspace, series), width);
  const { at } = differences(workspace, series);
  workspace.kernel[element.lane].zigzag(at, n, false);
  const to = at === SECOND ? FIRST : SECOND;
  workspace.kernel.shuffle(at, n, width, to);
  return { at: to, length: n * width };
}
