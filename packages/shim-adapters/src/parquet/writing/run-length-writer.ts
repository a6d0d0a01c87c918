import type { ByteSink } from '../../table/byte-sink.js';
import { writeVarint } from '../thrift/thrift-writer.js';

const GROUP = 8;

/**
 * Writes the hybrid of runs and bit-packed groups of eight that Parquet stores levels and dictionary indices in
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE). Eight equal values make a run.
 *
 * @param width bits a value, 1 to 24
 */
export function writeRunLengths(sink: ByteSink, values: Int32Array | Uint8Array, width: number): void {
  let pending = 0;
  let at = 0;
  while (at < values.length) {
    const value = values[at] ?? 0;
    let end = at + 1;
    while (end < values.length && values[end] === value) end += 1;
    // Packed groups are full: the beginning of the run completes the one before it.
    const odd = (at - pending) % GROUP;
    const start = odd === 0 ? at : at + GROUP - odd;
    if (end - start >= GROUP) {
      packGroups(sink, values, pending, start, width);
      writeVarint(sink, (end - start) * 2);
      for (let bit = 0; bit < width; bit += 8) sink.byte((value >>> bit) & 0xff);
      pending = end;
    }
    at = end;
  }
  packGroups(sink, values, pending, values.length, width);
}

/** The last group is filled with zeros. */
function packGroups(
  sink: ByteSink,
  values: Int32Array | Uint8Array,
  from: number,
  to: number,
  width: number,
): void {
  if (to === from) return;
  const groups = Math.ceil((to - from) / GROUP);
  writeVarint(sink, groups * 2 + 1);
  let buffer = 0;
  let bits = 0;
  for (let i = from; i < from + groups * GROUP; i++) {
    buffer |= (i < to ? (values[i] ?? 0) : 0) << bits;
    bits += width;
    while (bits >= 8) {
      sink.byte(buffer & 0xff);
      buffer >>>= 8;
      bits -= 8;
    }
  }
}
