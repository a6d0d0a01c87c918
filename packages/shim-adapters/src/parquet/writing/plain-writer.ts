import type { ByteSink } from '../../table/byte-sink.js';
import type { ByteRuns } from '../../table/byte-runs.js';
import type { PageValues } from '../pages/page-values.js';

const LENGTH_BYTES = 4;
const WORD = 4;
/** Bytes from which on copying them at once is faster than word by word. */
const MANY = 64;

/**
 * Writes values `from..to` as PLAIN: numbers as they lie in memory, booleans as bits, runs of bytes after their length.
 * @param isFixed whether all runs have the length of their type, which then is not written
 */
export function writePlain(
  sink: ByteSink,
  values: PageValues,
  from: number,
  to: number,
  isFixed: boolean,
): void {
  switch (values.kind) {
    case 'numbers': {
      const { buffer, byteOffset, BYTES_PER_ELEMENT: width } = values.numbers;
      sink.bytes(new Uint8Array(buffer, byteOffset + from * width, (to - from) * width));
      return;
    }
    case 'bits':
      for (let start = from; start < to; start += 8) {
        let byte = 0;
        for (let i = start; i < Math.min(to, start + 8); i++) byte |= (values.bits[i] ?? 0) << (i - start);
        sink.byte(byte);
      }
      return;
    case 'runs':
      sink.bytes(joinedRuns(values.runs, from, to, isFixed ? 0 : LENGTH_BYTES));
  }
}

/** Runs `from..to` one after the other, each after its length in `prefix` bytes. */
function joinedRuns({ bytes, starts, ends }: ByteRuns, from: number, to: number, prefix: number): Uint8Array {
  let total = 0;
  for (let i = from; i < to; i++) total += prefix + (ends[i] ?? 0) - (starts[i] ?? 0);
  const out = Buffer.allocUnsafeSlow(total + WORD);
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target = new DataView(out.buffer);
  const lastWord = bytes.length - WORD;
  let at = 0;
  for (let i = from; i < to; i++) {
    const start = starts[i] ?? 0;
    const end = ends[i] ?? 0;
    if (prefix > 0) target.setUint32(at, end - start, true);
    at += prefix;
    // Whole words may reach beyond a run; what they bring too much the next run overwrites.
    if (end - start > MANY || end > lastWord) out.set(bytes.subarray(start, end), at);
    else {
      for (let k = start, j = at; k < end; k += WORD, j += WORD) {
        target.setInt32(j, source.getInt32(k, true), true);
      }
    }
    at += end - start;
  }
  return out.subarray(0, total);
}
