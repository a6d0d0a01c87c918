import { corrupt } from '../errors.js';
import { BLOCK_OVERHEAD } from './block.js';
import type { Element } from './element.js';
import { LENGTH_BYTES } from './job.js';

/**
 * The payload of the columnar codec, version 1: a byte for the version (bits 4 to 7: 0) and for the logarithm to base 2
 * of the elements in a full block (bits 0 to 3), then the blocks, each behind its length in bytes (32 bits,
 * little-endian). All blocks but the last are full.
 */
export const PREFIX_BYTES = 1;

/** Blocks that lie one behind the other, and what they hold. */
export interface BlockRange {
  readonly offset: number;
  readonly length: number;
  readonly contentOffset: number;
  readonly contentBytes: number;
}

/** What a payload consists of: full blocks of so many elements, in ranges of about a megabyte of content. */
export interface Walk {
  readonly blockLength: number;
  readonly ranges: readonly BlockRange[];
}

/**
 * Follows the lengths from block to block, which costs little and takes no memory for the content. Raises `CORRUPT`
 * unless they lead exactly to the end of the payload.
 */
export function walkBlocks(
  payload: Uint8Array,
  element: Element,
  contentBytes: number,
  rangeBytes: number,
): Walk {
  const blockLength = 2 ** (payload[0] ?? 0);
  if (payload.byteLength === 0 || blockLength > element.blockLength) {
    throw corrupt('the payload is of a version of the columnar codec that this release does not have');
  }
  const step = blockLength * element.bytes;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const ranges: BlockRange[] = [];
  let at = PREFIX_BYTES;
  for (let contentOffset = 0; contentOffset < contentBytes;) {
    const offset = at;
    const end = Math.min(contentBytes, contentOffset + Math.max(step, rangeBytes - (rangeBytes % step)));
    for (let reached = contentOffset; reached < end; reached += step) {
      if (payload.byteLength - at < LENGTH_BYTES) throw broken();
      const length = view.getUint32(at, true);
      at += LENGTH_BYTES;
      if (length > Math.min(payload.byteLength - at, step + BLOCK_OVERHEAD)) throw broken();
      at += length;
    }
    ranges.push({ offset, length: at - offset, contentOffset, contentBytes: end - contentOffset });
    contentOffset = end;
  }
  if (at !== payload.byteLength) throw broken();
  return { blockLength, ranges };
}

function broken(): Error {
  return corrupt('the blocks of the payload do not lead to its end');
}
