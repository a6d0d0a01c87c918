import type { Compressors } from 'hyparquet';
import type * as hyparquet from 'hyparquet';
import { loadPeer } from '../peer.js';

/** What is asked of other packages, when a file needs it. */
export interface ParquetPeers {
  /** The reader of nested columns. */
  readonly nested: () => Promise<typeof hyparquet>;
  /** Codecs that neither this package nor Node has. */
  readonly compressors: (codec: string) => Promise<Compressors>;
}

/** Each throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER` when its package is not installed. */
export const PARQUET_PEERS: ParquetPeers = {
  nested: () => loadPeer('hyparquet', () => import('hyparquet'), 'reading nested columns of Parquet'),
  async compressors(codec) {
    const load = (): Promise<{ readonly compressors: Compressors }> => import('hyparquet-compressors');
    return (await loadPeer('hyparquet-compressors', load, `reading Parquet compressed by ${codec}`))
      .compressors;
  },
};
