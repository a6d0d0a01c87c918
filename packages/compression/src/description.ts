import type { Checksum } from './checksum.js';
import { describeBlocks, type FilterChain } from './columnar/description.js';
import { readHeader, type FrameInfo } from './frame.js';

/** What `inspect` says of a frame. */
export interface FrameDescription extends FrameInfo {
  /** Of a columnar frame: the filters of its blocks, the most frequent first. Empty for other codecs. */
  readonly filters: readonly FilterChain[];
}

export function describe(frame: Uint8Array, checksum: Checksum): FrameDescription {
  const info = readHeader(frame, checksum);
  const payload = frame.subarray(info.payloadOffset);
  const filters = info.codec === 'columnar' ? describeBlocks(payload, info.type, info.contentBytes) : [];
  return Object.freeze({ ...info, filters: Object.freeze(filters) });
}
