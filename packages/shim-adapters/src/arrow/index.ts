export { arrowAdapter } from './adapter.js';
