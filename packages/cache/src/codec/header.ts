import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { type BlockCoder } from './block-coder.js';
import { type Filter } from './byte-shuffle.js';

/** How the blocks of a source were made. */
export interface SourceRecord {
  readonly text: boolean;
  readonly filter: Filter;
  /** Bytes, or characters of a text. */
  readonly length: number;
  readonly blocks: BlockRecord[];
}

/** One block: as many bytes as it has before compression, in elements of so many; a stored one has as many after. */
export interface BlockRecord {
  readonly bytes: number;
  readonly width: number;
  readonly crc: number;
}

/** What the first part holds: all that is not in the blocks. */
export interface Header {
  readonly tree: unknown;
  readonly sources: readonly SourceRecord[];
}

/** The checksum of all that follows it, and the length before compression. */
const PREFIX = 8;
const WORTH_A_TRY = 1024;

/** The header as a part, and its size before compression. */
export async function sealHeader(
  header: Header,
  coder: BlockCoder,
): Promise<{ readonly part: Uint8Array; readonly bytes: number }> {
  const plain = serialize(header);
  const coded = plain.byteLength < WORTH_A_TRY ? plain : await coder.compress(plain);
  const body = coded.byteLength < plain.byteLength ? coded : plain;
  const part = new Uint8Array(PREFIX + body.byteLength);
  part.set(body, PREFIX);
  const view = new DataView(part.buffer);
  view.setUint32(4, plain.byteLength);
  view.setUint32(0, crc32(part.subarray(4)));
  return { part, bytes: plain.byteLength };
}

export function openHeader(part: Uint8Array | undefined, coder: BlockCoder): Header {
  if (part === undefined || part.byteLength <= PREFIX) throw damaged(0);
  const view = new DataView(part.buffer, part.byteOffset, PREFIX);
  if (view.getUint32(0) !== crc32(part.subarray(4))) throw damaged(0);
  const bytes = view.getUint32(4);
  const body = part.subarray(PREFIX);
  const plain = body.byteLength === bytes ? body : coder.decompressSync(body, bytes);
  const header: unknown = deserialize(plain);
  if (isHeader(header)) return header;
  throw damaged(0);
}

function isHeader(value: unknown): value is Header {
  return typeof value === 'object' && value !== null && 'tree' in value && 'sources' in value;
}

/** What a part is refused with that is not as it was made. */
export function damaged(part: number): Error {
  return new Error(`part ${String(part)} of a compressed value is damaged`);
}
