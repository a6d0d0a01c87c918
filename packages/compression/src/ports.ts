import type { Columns } from './columns/column.js';

/**
 * A codec for values as `@perf/cache` takes it as its `compression`. It takes any value, and encodes those that are
 * plain objects of columns.
 */
export interface ColumnCodec {
  /** The parts of a value; `undefined` for one that is none of this codec's. */
  encode(value: unknown): Promise<Uint8Array[] | undefined>;
  decode(parts: Uint8Array[]): Promise<Columns>;
  decodeSync(parts: Uint8Array[]): Columns;
}
