import type * as writer from 'hyparquet-writer';
import { loadPeer } from '../peer.js';
import type { ParquetLibrary } from './reader.js';

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
