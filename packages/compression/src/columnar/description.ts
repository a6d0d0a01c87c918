import type { ContentType } from '../element-type.js';
import { SLICE_BYTES } from '../slices.js';
import { FILTERS } from './block.js';
import { walkBlocks } from './block-walk.js';
import { elementOf } from './element.js';
import type { FilterName } from './filters/filter.js';
import { LENGTH_BYTES } from './job.js';

/** Blocks of a frame that went through the same filters. */
export interface FilterChain {
  /** What was done to the numbers, first to last, such as `'decimals 2 > delta > bins'`. */
  readonly chain: string;
  readonly blocks: number;
}

const ORDERS = ['', ' > delta', ' > delta of delta'];
const PACKINGS = [' > pack', ' > bins'];

/** The chains of a payload by how many blocks they have, most first; none for a payload that cannot be followed. */
export function describeBlocks(payload: Uint8Array, type: ContentType, contentBytes: number): FilterChain[] {
  const counts = new Map<string, number>();
  const element = elementOf(type);
  try {
    for (const { offset, length } of walkBlocks(payload, element, contentBytes, SLICE_BYTES).ranges) {
      const view = new DataView(payload.buffer, payload.byteOffset + offset, length);
      for (let at = 0; at < length; at += LENGTH_BYTES + view.getUint32(at, true)) {
        const chain = chainOf(view, at + LENGTH_BYTES, element.lane);
        counts.set(chain, (counts.get(chain) ?? 0) + 1);
      }
    }
  } catch {
    return [];
  }
  return [...counts].map(([chain, blocks]) => ({ chain, blocks })).sort((a, b) => b.blocks - a.blocks);
}

function chainOf(block: DataView, at: number, lane: number): string {
  const filter: FilterName = FILTERS[block.getUint8(at)] ?? 'raw';
  if (filter === 'decimals') return `decimals ${String(block.getInt8(at + 1))}${seriesOf(block, at + 2)}`;
  if (filter === 'integers' || filter === 'rotated' || filter === 'singles')
    return filter + seriesOf(block, at + 1);
  if (filter === 'multiples') return filter + seriesOf(block, at + 1 + lane / 4);
  if (filter !== 'shuffled') return filter;
  return `${block.getUint8(at + 1) === 1 ? 'delta > zigzag > ' : ''}shuffled > deflate`;
}

function seriesOf(block: DataView, at: number): string {
  const header = block.getUint8(at);
  return `${ORDERS[header & 3] ?? ''}${PACKINGS[header >> 2] ?? ''}`;
}
