/*
 * Snappy decompression, after the description of the format (github.com/google/snappy/blob/main/format_description.txt).
 * AssemblyScript; `pnpm --filter @perf/shim-adapters kernels` compiles it into
 * src/parquet/compression/bundled-kernel.ts, src/parquet/compression/snappy-decoder.ts is the same in plain JavaScript.
 *
 * Pieces are mostly short, so they are copied in words of eight bytes: up to 15 bytes behind a piece are written, which
 * the next one overwrites. The host leaves that much room behind the output, and behind the input.
 */

/**
 * Decompresses what lies from `at` to `end`, behind the length that the host has read, to `target`.
 * @returns whether exactly `length` bytes came of it
 */
export function decompress(at: usize, end: usize, target: usize, length: usize): bool {
  const limit = target + length;
  let to = target;
  while (at < end) {
    const tag = <u32>load<u8>(at++);
    const kind = tag & 3;
    let count = <usize>(tag >> 2) + 1;
    if (kind == 0) {
      if (count > 60) {
        const bytes = count - 60;
        if (bytes > end - at) return false;
        // Four bytes are there to read, whatever they are.
        count = <usize>(load<u32>(at) & (0xffffffff >> ((4 - <u32>bytes) << 3))) + 1;
        // A length of 2^32 has become 0.
        if (count == 0) return false;
        at += bytes;
      }
      if (count > end - at || count > limit - to) return false;
      if (count <= 16) {
        store<u64>(to, load<u64>(at));
        store<u64>(to + 8, load<u64>(at + 8));
      } else memory.copy(to, at, count);
      at += count;
      to += count;
      continue;
    }
    let offset: usize;
    if (kind == 1) {
      count = <usize>((tag >> 2) & 7) + 4;
      offset = (<usize>((tag >> 5) << 8)) | (<usize>load<u8>(at));
      at += 1;
    } else if (kind == 2) {
      offset = <usize>load<u16>(at);
      at += 2;
    } else {
      offset = <usize>load<u32>(at);
      at += 4;
    }
    if (at > end || offset == 0 || offset > to - target || count > limit - to) return false;
    const from = to - offset;
    if (offset >= 8) {
      // Each word has been written before it is read.
      for (let i: usize = 0; i < count; i += 8) store<u64>(to + i, load<u64>(from + i));
    } else {
      for (let i: usize = 0; i < count; i++) store<u8>(to + i, load<u8>(from + i));
    }
    to += count;
  }
  return to == limit;
}
