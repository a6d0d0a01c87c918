import { CONTENT, FIRST } from '../kernels/layout.js';
import type { Workspace } from '../workspace.js';
import type { Block, BlockPlan, Filter } from './filter.js';

/** The bytes of the elements, sorted by their place in the element, and deflated: for what repeats. */
export const shuffled: Filter<BlockPlan & { filter: 'shuffled' }> = {
  write(block, { level }, writer) {
    const { workspace } = writer;
    const length = block.n * block.element.bytes;
    const at = shuffledBytes(block, CONTENT, workspace);
    const packed = workspace.deflate.deflate(workspace.bytes.slice(at, at + length), level);
    if (packed.byteLength >= length) return false;
    workspace.bytes.set(packed, writer.at);
    writer.at += packed.byteLength;
    return true;
  },
  read({ element, n }, reader) {
    const { kernel, bytes, deflate } = reader.workspace;
    const inflated = deflate.inflate(reader.rest().slice(), n * element.bytes);
    reader.skip(reader.end - reader.at);
    if (element.bytes === 1) {
      bytes.set(inflated, CONTENT);
      return CONTENT;
    }
    bytes.set(inflated, FIRST);
    kernel.unshuffle(FIRST, n, element.bytes, CONTENT);
    return CONTENT;
  },
};

/** How many times smaller a few kilobytes from the middle become by shuffling and a quick DEFLATE. */
export function shuffledGain({ element, n }: Block, workspace: Workspace): number {
  const part: Block = { element, n: Math.min(n, TRIAL_BYTES / element.bytes) };
  const from = CONTENT + Math.floor((n - part.n) / 2) * element.bytes;
  const length = part.n * element.bytes;
  const at = shuffledBytes(part, from, workspace);
  return length / workspace.deflate.deflate(workspace.bytes.slice(at, at + length), 1).byteLength;
}

const TRIAL_BYTES = 16_384;

function shuffledBytes({ element, n }: Block, from: number, { kernel }: Workspace): number {
  if (element.bytes === 1) return from;
  kernel.shuffle(from, n, element.bytes, FIRST);
  return FIRST;
}
