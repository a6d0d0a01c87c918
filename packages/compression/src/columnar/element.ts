import type { ContentType } from '../element-type.js';
import type { Lane } from './kernels/kernel.js';

/** What the numbers of a block are. */
export interface Element {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly lane: Lane;
  readonly kind: 'signed' | 'unsigned' | 'float';
  /** Numbers in every block but the last: 128 KB of them, or 64 KB where they are widened to words. */
  readonly blockLength: number;
}

const BYTE = { bytes: 1, lane: 32, blockLength: 65_536 } as const;
const HALF = { bytes: 2, lane: 32, blockLength: 32_768 } as const;
const WORD = { bytes: 4, lane: 32, blockLength: 32_768 } as const;
const DOUBLE = { bytes: 8, lane: 64, blockLength: 16_384 } as const;

const ELEMENTS: Readonly<Record<ContentType, Element>> = {
  ArrayBuffer: { ...BYTE, kind: 'unsigned' },
  Uint8Array: { ...BYTE, kind: 'unsigned' },
  Uint8ClampedArray: { ...BYTE, kind: 'unsigned' },
  Int8Array: { ...BYTE, kind: 'signed' },
  Uint16Array: { ...HALF, kind: 'unsigned' },
  Int16Array: { ...HALF, kind: 'signed' },
  Uint32Array: { ...WORD, kind: 'unsigned' },
  Int32Array: { ...WORD, kind: 'signed' },
  BigUint64Array: { ...DOUBLE, kind: 'unsigned' },
  BigInt64Array: { ...DOUBLE, kind: 'signed' },
  Float16Array: { ...HALF, kind: 'float' },
  Float32Array: { ...WORD, kind: 'float' },
  Float64Array: { ...DOUBLE, kind: 'float' },
};

export function elementOf(type: ContentType): Element {
  return ELEMENTS[type];
}
