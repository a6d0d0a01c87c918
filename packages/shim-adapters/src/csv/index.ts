export { csvAdapter } from './adapter.js';
