/** Values of bytes within others: value `i` is `bytes[starts[i] .. ends[i]]`. */
export interface ByteRuns {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}
