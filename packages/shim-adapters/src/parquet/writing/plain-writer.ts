import type { ByteSink } from '../../table/byte-sink.js';
import type { PageValues } from '../pages/page-values.js';

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
    case 'runs': {
      const { bytes, starts, ends } = values.runs;
      for (let i = from; i < to; i++) {
        const start = starts[i] ?? 0;
        const end = ends[i] ?? 0;
        if (!isFixed) sink.uint32(end - start);
        sink.bytes(bytes, start, end);
      }
    }
  }
}
