import type { Compressors } from 'hyparquet';
import type * as hyparquet from 'hyparquet';
import type * as writer from 'hyparquet-writer';
import { loadPeer } from '../peer.js';

export interface ParquetLibrary {
  readonly parquet: typeof hyparquet;
  readonly compressors: Compressors;
}

/** @throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER` */
export async function loadParquetReader(): Promise<ParquetLibrary> {
  const [parquet, { compressors }] = await loadPeer(
    'hyparquet hyparquet-compressors',
    () => Promise.all([import('hyparquet'), import('hyparquet-compressors')]),
    'reading Parquet',
  );
  return { parquet, compressors };
}

/** @throws ConversionError `ERR_PERF_CONVERT_MISSING_PEER` */
export function loadParquetWriter(): Promise<typeof writer> {
  return loadPeer('hyparquet-writer', () => import('hyparquet-writer'), 'writing Parquet');
}
