export { arrowAdapter } from './adapter.js';
export { toApacheArrow, type ApacheArrow } from './apache-arrow.js';
