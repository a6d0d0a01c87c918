import type { Level } from '../codec/codec.js';
import type { ContentType } from '../element-type.js';
import { BLOCK_OVERHEAD, BlockEncoder, decodeBlock } from './block.js';
import { elementOf } from './element.js';
import { unreadable, type Workspace } from './workspace.js';

/** Some blocks of a content, to be encoded or decoded in one go on any thread. */
export type BlockJob = EncodeJob | DecodeJob;

export interface EncodeJob {
  readonly direction: 'encode';
  readonly type: ContentType;
  readonly level: Level;
  /** Whole elements; all blocks but the last are full. */
  readonly bytes: Uint8Array;
}

export interface DecodeJob {
  readonly direction: 'decode';
  readonly type: ContentType;
  /** Elements of a full block. */
  readonly blockLength: number;
  /** Bytes of content that the blocks hold together. */
  readonly contentBytes: number;
  readonly bytes: Uint8Array;
}

/** Bytes in front of each block: its length. */
export const LENGTH_BYTES = 4;

/** Does a job on the spot; raises a `RangeError` for blocks that cannot be read. */
export function runJob(workspace: Workspace, job: BlockJob): Uint8Array<ArrayBuffer> {
  return job.direction === 'encode' ? encodeBlocks(workspace, job) : decodeBlocks(workspace, job);
}

function encodeBlocks(workspace: Workspace, { type, level, bytes }: EncodeJob): Uint8Array<ArrayBuffer> {
  const element = elementOf(type);
  const step = element.blockLength * element.bytes;
  const blocks = Math.ceil(bytes.byteLength / step);
  const encoder = new BlockEncoder(workspace, element, level);
  const out = workspace.scratch(bytes.byteLength + blocks * (LENGTH_BYTES + BLOCK_OVERHEAD));
  const view = new DataView(out.buffer);
  let at = 0;
  for (let offset = 0; offset < bytes.byteLength; offset += step) {
    const block = encoder.encode(bytes.subarray(offset, offset + step));
    view.setUint32(at, block.byteLength, true);
    out.set(block, at + LENGTH_BYTES);
    at += LENGTH_BYTES + block.byteLength;
  }
  return out.slice(0, at);
}

function decodeBlocks(
  workspace: Workspace,
  { type, blockLength, contentBytes, bytes }: DecodeJob,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(contentBytes);
  decodeInto(workspace, { type, blockLength, bytes }, out);
  return out;
}

/** Decodes blocks one behind the other to the memory of a content. */
export function decodeInto(
  workspace: Workspace,
  { type, blockLength, bytes }: Pick<DecodeJob, 'type' | 'blockLength' | 'bytes'>,
  out: Uint8Array,
): void {
  const element = elementOf(type);
  const step = blockLength * element.bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let offset = 0; offset < out.byteLength; offset += step) {
    const n = Math.min(step, out.byteLength - offset) / element.bytes;
    const length = view.getUint32(at, true);
    at += LENGTH_BYTES;
    if (length > bytes.byteLength - at) throw unreadable();
    out.set(decodeBlock(workspace, element, n, bytes.subarray(at, at + length)), offset);
    at += length;
  }
  if (at !== bytes.byteLength) throw unreadable();
}
