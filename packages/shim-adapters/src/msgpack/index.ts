export { msgpackAdapter } from './adapter.js';
