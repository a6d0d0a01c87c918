import { suite } from './tooling/vitest/preset.js';

export default suite({
  files: '{packages,apps,tooling}/*/test/**/*.test.ts',
  exclude: ['**/*.long.test.ts'],
  types: true,
});
