import type { Compressors } from 'hyparquet';
import type * as hyparquet from 'hyparquet';
import { loadPeer } from '../peer.js';

/** Makes of stored bytes the `length` bytes that they stand for. */
export type Decompress = (stored: Uint8Array, length: number) => Uint8Array;

/** What is asked of other packages, when a file needs it. */
export interface ParquetPeers {
  /** The reader of nested columns. */
  readonly nested: () => Promise<typeof hyparquet>;
  /** Codecs that neither this package nor Node has. */
  readonly compressors: (codec: string) => Promise<Compressors>;
  /** A faster reader of Snappy than the one here, if there is one. */
  readonly snappy: () => Promise<Decompress | undefined>;
}

let snappy: Promise<Decompress | undefined> | undefined;

/** Each throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER` when its package is not installed; `snappy` does not. */
export const PARQUET_PEERS: ParquetPeers = {
  nested: () => loadPeer('hyparquet', () => import('hyparquet'), 'reading nested columns of Parquet'),
  async compressors(codec) {
    const load = (): Promise<{ readonly compressors: Compressors }> => import('hyparquet-compressors');
    return (await loadPeer('hyparquet-compressors', load, `reading Parquet compressed by ${codec}`))
      .compressors;
  },
  snappy() {
    snappy ??= import('hysnappy').then(
      ({ snappyUncompressor }) => snappyUncompressor(),
      () => undefined,
    );
    return snappy;
  },
};
