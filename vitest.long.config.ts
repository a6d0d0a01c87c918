import { suite } from './tooling/vitest/preset.js';

export default suite({ files: '{packages,apps,tooling}/*/test/**/*.long.test.ts', timeout: 600_000 });
