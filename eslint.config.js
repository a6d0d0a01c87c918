import { house } from './tooling/eslint/preset.js';

export default house(import.meta.dirname);
