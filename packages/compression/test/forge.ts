import { crc32 } from 'node:zlib';
import { expect } from 'vitest';
import { CompressionError, type CompressionErrorCode } from '../src/index.js';

// Frames written by hand, from the description of the layout alone.

export interface Fields {
  magic: readonly number[];
  version: number;
  codec: number;
  type: number;
  flags: number;
  contentBytes: number;
  payloadBytes: number;
  contentChecksum: number;
  payloadChecksum: number;
  payload: Uint8Array;
}

/** A frame of sound checksums that says what it is told to say; left alone, a raw `Uint8Array`. */
export function forge(fields: Partial<Fields> = {}): Uint8Array<ArrayBuffer> {
  const payload = fields.payload ?? Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const frame = new Uint8Array(32 + payload.byteLength);
  const view = new DataView(frame.buffer);
  const contentBytes = fields.contentBytes ?? payload.byteLength;
  const payloadBytes = fields.payloadBytes ?? payload.byteLength;
  frame.set(fields.magic ?? [0x93, 0x50, 0x46, 0x43], 0);
  view.setUint8(4, fields.version ?? 1);
  view.setUint8(5, fields.codec ?? 0);
  view.setUint8(6, fields.type ?? 2);
  view.setUint8(7, fields.flags ?? 0);
  view.setUint32(8, contentBytes % 2 ** 32, true);
  view.setUint16(12, Math.floor(contentBytes / 2 ** 32), true);
  view.setUint32(14, payloadBytes % 2 ** 32, true);
  view.setUint16(18, Math.floor(payloadBytes / 2 ** 32), true);
  view.setUint32(20, fields.contentChecksum ?? crc32(payload), true);
  view.setUint32(24, fields.payloadChecksum ?? crc32(payload), true);
  view.setUint32(28, crc32(frame.subarray(0, 28)), true);
  frame.set(payload, 32);
  return frame;
}

/** Makes the checksums of header and payload fit again after a change; that of the content stays as it is. */
export function reseal(frame: Uint8Array): Uint8Array {
  const sealed = frame.slice();
  const view = new DataView(sealed.buffer);
  view.setUint32(24, crc32(sealed.subarray(32)), true);
  view.setUint32(28, crc32(sealed.subarray(0, 28)), true);
  return sealed;
}

export function flip(frame: Uint8Array, bit: number): Uint8Array {
  const damaged = frame.slice();
  const byte = bit >> 3;
  damaged[byte] = (damaged[byte] ?? 0) ^ (1 << (bit & 7));
  return damaged;
}

type Short<Code> = Code extends `ERR_PERF_COMPRESSION_${infer Rest}` ? Rest : never;
export type ShortCode = Short<CompressionErrorCode>;

/** The code of the error that a call raises, without the prefix that all of them share. */
export function codeOf(call: () => unknown): ShortCode | undefined {
  try {
    call();
  } catch (error) {
    return shortCode(error);
  }
  return undefined;
}

/** The code of the error that a promise is rejected with. */
export async function codeOfRejection(promise: Promise<unknown>): Promise<ShortCode | undefined> {
  try {
    await promise;
  } catch (error) {
    return shortCode(error);
  }
  return undefined;
}

function shortCode(error: unknown): ShortCode {
  if (!(error instanceof CompressionError)) throw error;
  expect(error.message).not.toBe('');
  return error.code.slice('ERR_PERF_COMPRESSION_'.length) as ShortCode;
}
