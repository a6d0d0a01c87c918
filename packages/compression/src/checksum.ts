/**
 * CRC-32 (the polynomial of gzip, reflected: 0xEDB88320), a 32-bit unsigned number.
 * `previous` continues a checksum over bytes that come in several pieces.
 */
export type Checksum = (bytes: Uint8Array, previous?: number) => number;

/** The host's CRC-32 where it has one, and the same numbers in JavaScript elsewhere. */
export function checksumOf(zlib: { crc32?: Checksum } | undefined): Checksum {
  return zlib?.crc32 ?? portableChecksum;
}

/** Eight tables of 256 entries: what a byte does to the checksum, and what it does 1 to 7 bytes later. */
let tables: Uint32Array | undefined;
const WORD = 8;

/** Eight bytes at a time (Kounavis and Berry, "Novel table lookup-based algorithms for high-performance CRC", 2008). */
export function portableChecksum(bytes: Uint8Array, previous = 0): number {
  const t = (tables ??= buildTables());
  let crc = ~previous;
  let at = 0;
  for (const end = bytes.byteLength - WORD; at <= end; at += WORD) {
    const low =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24));
    crc =
      (t[1792 + (low & 0xff)] ?? 0) ^
      (t[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (t[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (t[1024 + (low >>> 24)] ?? 0) ^
      (t[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (t[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (t[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (t[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < bytes.byteLength; at++) crc = (t[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function buildTables(): Uint32Array {
  const built = new Uint32Array(WORD * 256);
  for (let index = 0; index < built.length; index++) {
    if (index < 256) {
      let entry = index;
      for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? 0xed_b8_83_20 ^ (entry >>> 1) : entry >>> 1;
      built[index] = entry;
    } else {
      const before = built[index - 256] ?? 0;
      built[index] = (built[before & 0xff] ?? 0) ^ (before >>> 8);
    }
  }
  return built;
}
