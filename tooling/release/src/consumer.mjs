/** A program of somebody else: an empty folder, and what npm installs there. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';

export class Consumer {
  #env;

  /** @param env for npm and for the programs that are run there */
  constructor(folder, env = {}) {
    this.folder = folder;
    this.#env = env;
    mkdirSync(folder, { recursive: true });
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  }

  write(name, text) {
    writeFileSync(join(this.folder, name), text);
  }

  /** Installs packages by name or tarball. */
  async install(...what) {
    await this.#run('npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...what);
  }

  /** Installs packages as pnpm does, where nothing is found that was not asked for. */
  async installStrictly(...what) {
    await this.#run('pnpm', 'add', '--ignore-workspace', ...what);
  }

  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Runs a file of this program. */
  async node(file, ...flags) {
    return this.#run(process.execPath, ...flags, file);
  }

  /** The names of what is installed, scopes included, beneath one another as well. */
  get installed() {
    return namesIn(join(this.folder, 'node_modules'));
  }

  get installedBytes() {
    return bytesOf(join(this.folder, 'node_modules'));
  }

  #run(command, ...args) {
    return run(command, args, { cwd: this.folder, env: this.#env });
  }
}

function namesIn(folder) {
  return entries(folder).flatMap((entry) => {
    if (entry.startsWith('.')) return [];
    if (entry.startsWith('@')) return entries(join(folder, entry)).map((name) => `${entry}/${name}`);
    return [entry, ...namesIn(join(folder, entry, 'node_modules'))];
  });
}

function entries(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function bytesOf(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, entry) => sum + bytesOf(join(path, entry)), 0);
}

/** An example of a README, the first that has some words in it: TypeScript, as users copy it. */
export function readmeExample(folder, words = '') {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const [, example] of readme.matchAll(/```ts\n([\s\S]*?)```/g))
    if (example.includes(words)) return example;
  throw new Error(`${folder} has no such example in its README: ${words}`);
}
