import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf, portableChecksum } from '../src/checksum.js';

describe('the portable checksum', () => {
  it('is the CRC-32 of the standards', () => {
    expect(portableChecksum(Buffer.from('123456789'))).toBe(0xcb_f4_39_26);
    expect(portableChecksum(new Uint8Array(0))).toBe(0);
  });

  it('equals that of node:zlib, in one piece and in several', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.uint8Array({ maxLength: 500 }), (head, tail) => {
        const whole = Buffer.concat([head, tail]);
        expect(portableChecksum(whole)).toBe(crc32(whole));
        expect(portableChecksum(tail, portableChecksum(head))).toBe(crc32(whole));
      }),
    );
  });
});

describe('checksumOf', () => {
  it('takes what the host has', () => {
    expect(checksumOf({ crc32 })).toBe(crc32);
    expect(checksumOf({})).toBe(portableChecksum);
    expect(checksumOf(undefined)).toBe(portableChecksum);
  });
});
