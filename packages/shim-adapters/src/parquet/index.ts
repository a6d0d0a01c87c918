export { parquetAdapter } from './adapter.js';
