/** TypeScript as users have it: three versions, three ways to resolve modules, nothing skipped. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { Consumer } from './consumer.mjs';

const VERSIONS = { 5.9: '~5.9.3', '6.0': '~6.0.3', '7.0': '~7.0.2' };
const RESOLUTIONS = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
};

const OPTIONS = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  noEmit: true,
};

export class Compilers {
  constructor(folder) {
    this.home = new Consumer(folder);
  }

  async install() {
    const aliases = Object.entries(VERSIONS).map(
      ([name, range]) => `typescript-${name}@npm:typescript@${range}`,
    );
    await this.home.install(...aliases);
  }

  /** Compiles a file of a consumer with every version and resolution; what failed, in words. */
  async problems(consumer, file) {
    const problems = [];
    for (const version of Object.keys(VERSIONS)) {
      const ways = Object.entries(RESOLUTIONS).map(async ([name, resolution]) => {
        const config = `tsconfig.${version}.${name}.json`;
        const compilerOptions = { ...resolution, ...OPTIONS };
        consumer.write(config, JSON.stringify({ compilerOptions, files: [file] }));
        try {
          await run(process.execPath, [this.binary(version), '-p', config], { cwd: consumer.folder });
        } catch (error) {
          problems.push(`TypeScript ${version}, ${name}: ${error.message}`);
        }
      });
      await Promise.all(ways);
    }
    return problems;
  }

  /** Turns TypeScript into JavaScript, types left unchecked. */
  async transpile(consumer, file) {
    const flags = ['--module', 'nodenext', '--target', 'es2022', '--noCheck', '--types', 'node'];
    await run(process.execPath, [this.binary('6.0'), ...flags, file], { cwd: consumer.folder });
  }

  binary(version) {
    const home = join(this.home.folder, 'node_modules', `typescript-${version}`);
    const found = ['bin/tsc', 'bin/tsc.js', 'lib/tsc.js'].map((file) => join(home, file)).find(existsSync);
    if (found === undefined) throw new Error(`TypeScript ${version} has no tsc`);
    return found;
  }
}
