export { jsonAdapter } from './adapter.js';
