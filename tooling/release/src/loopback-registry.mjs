/** A registry on loopback, verdaccio, that knows no other one: installed, configured and run in a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from '@perf/tooling-checks/workspace';
import { run } from './command.mjs';

const HOST = '127.0.0.1';
const CONFIG = {
  storage: './storage',
  auth: { htpasswd: { file: './htpasswd', max_users: 1 } },
  uplinks: {},
  packages: { '**': { access: '$all', publish: '$authenticated' } },
  web: { enable: false },
  log: { type: 'stdout', format: 'pretty', level: 'warn' },
};
const STARTS_WITHIN_MS = 60_000;

export class LoopbackRegistry {
  #folder;
  #process;
  #ended;
  #log = '';

  /** @param folder an empty folder, to which everything is written */
  constructor(folder) {
    this.#folder = folder;
  }

  /** Installs and starts it, and signs in. */
  async start() {
    const home = join(this.#folder, 'verdaccio');
    mkdirSync(home, { recursive: true });
    for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
      copyFileSync(join(root, 'tooling', 'registry', file), join(home, file));
    const store = join(this.#folder, 'store');
    const flags = ['--frozen-lockfile', '--ignore-scripts', '--store-dir', store];
    // HOME stays: it may say which mirror of the registry is to be used.
    await run('pnpm', ['install', ...flags], { cwd: home, env: this.#places });
    // JSON is YAML.
    writeFileSync(join(home, 'config.yaml'), JSON.stringify(CONFIG));
    this.port = await freePort();
    const binary = join(home, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
    const args = [binary, '--config', 'config.yaml', '--listen', `${HOST}:${String(this.port)}`];
    this.#process = spawn(process.execPath, args, { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout.on('data', (chunk) => (this.#log += chunk));
    this.#process.stderr.on('data', (chunk) => (this.#log += chunk));
    this.#ended = once(this.#process, 'exit');
    await this.#answers();
    await this.#signIn();
  }

  get address() {
    return `http://${HOST}:${String(this.port)}/`;
  }

  get version() {
    const manifest = join(this.#folder, 'verdaccio', 'node_modules', 'verdaccio', 'package.json');
    return JSON.parse(readFileSync(manifest, 'utf8')).version;
  }

  /** What makes npm, pnpm and changesets use this registry and nothing else: any other host is behind a closed door. */
  get env() {
    const home = join(this.#folder, 'home');
    const closed = `http://${HOST}:9/`;
    return {
      ...this.#places,
      HOME: home,
      npm_config_userconfig: join(home, '.npmrc'),
      npm_config_cache: join(home, 'npm-cache'),
      npm_config_registry: this.address,
      npm_config_update_notifier: 'false',
      HTTP_PROXY: closed,
      HTTPS_PROXY: closed,
      http_proxy: closed,
      https_proxy: closed,
      NO_PROXY: HOST,
      no_proxy: HOST,
    };
  }

  /** Publishes an installed package and all that it needs, as others published them. */
  async mirror(folder, done = new Set()) {
    const source = realpathSync(folder);
    if (done.has(source)) return;
    done.add(source);
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    const beside = source.slice(
      0,
      source.lastIndexOf(`${sep}node_modules${sep}`) + `${sep}node_modules${sep}`.length,
    );
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
      if (existsSync(join(beside, name))) await this.mirror(join(beside, name), done);
    const copy = join(this.#folder, 'mirror', manifest.name);
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(source, copy, { recursive: true, filter: (path) => path !== join(source, 'node_modules') });
    // Its scripts and its settings for publishing were for those who published it.
    const { scripts: _, publishConfig: __, ...plain } = manifest;
    writeFileSync(join(copy, 'package.json'), JSON.stringify(plain));
    await run('npm', ['publish', '--ignore-scripts', '--tag', 'latest'], { cwd: copy, env: this.env });
  }

  /** The manifests of a package that were published, by version. */
  async published(name) {
    const response = await fetch(new URL(name.replace('/', '%2f'), this.address));
    return response.ok ? (await response.json()).versions : {};
  }

  /** Stops it, and waits until it is gone. */
  async stop() {
    this.#process?.kill();
    await this.#ended;
  }

  /** Where programs put what they would otherwise put beside the user's own files. */
  get #places() {
    const place = (name) => {
      const path = join(this.#folder, 'places', name);
      mkdirSync(path, { recursive: true });
      return path;
    };
    return {
      TMPDIR: place('temporary'),
      XDG_CACHE_HOME: place('cache'),
      XDG_DATA_HOME: place('data'),
      XDG_STATE_HOME: place('state'),
    };
  }

  async #answers() {
    for (let waited = 0; waited < STARTS_WITHIN_MS; waited += 100) {
      if (this.#process.exitCode !== null) break;
      try {
        if ((await fetch(new URL('-/ping', this.address))).ok) return;
      } catch {
        // Not yet.
      }
      await wait(100);
    }
    throw new Error(`the registry did not start\n${this.#log}`);
  }

  async #signIn() {
    const response = await fetch(new URL('-/user/org.couchdb.user:publisher', this.address), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'publisher', password: 'only on loopback' }),
    });
    const { token } = await response.json();
    const home = join(this.#folder, 'home');
    mkdirSync(home, { recursive: true });
    const lines = [`registry=${this.address}`, `//${HOST}:${String(this.port)}/:_authToken=${token}`];
    writeFileSync(join(home, '.npmrc'), `${lines.join('\n')}\n`);
  }
}

/** A port that nobody listens on. */
async function freePort() {
  const server = createServer();
  server.listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
