/**
 * CRC-32 (the polynomial of gzip, reflected: 0xEDB88320), a 32-bit unsigned number.
 * `previous` continues a checksum over bytes that come in several pieces.
 */
export type Checksum = (bytes: Uint8Array, previous?: number) => number;

/** The host's CRC-32 where it has one, and the same numbers in JavaScript elsewhere. */
export function checksumOf(zlib: { crc32?: Checksum } | undefined): Checksum {
  return zlib?.crc32 ?? portableChecksum;
}

let table: Uint32Array | undefined;

export function portableChecksum(bytes: Uint8Array, previous = 0): number {
  table ??= buildTable();
  let crc = ~previous;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function buildTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let entry = index;
    for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? 0xed_b8_83_20 ^ (entry >>> 1) : entry >>> 1;
    return entry;
  });
}
