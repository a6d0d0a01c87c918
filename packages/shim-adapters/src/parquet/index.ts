export { parquetAdapter, type ParquetOptions } from './adapter.js';
export type { ParquetCompression } from './compression/compressor.js';
