/**
 * `pnpm bench [package ...] [--json] [--quick]`: installs the libraries that stand beside ours, then runs every bench
 * file in a process of its own, one after the other, because two at a time would measure each other.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const args = process.argv.slice(2).filter((arg) => arg !== '--');
const flags = args.filter((arg) => arg.startsWith('--'));
const wanted = args.filter((arg) => !arg.startsWith('--'));

const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'bench')),
);
const unknown = [
  ...wanted.filter((name) => !packages.includes(name)),
  ...flags.filter((flag) => flag !== '--json' && flag !== '--quick'),
];
if (unknown.length > 0) {
  process.stderr.write(
    `unknown: ${unknown.join(', ')}. Packages with benches: ${packages.join(', ')}; flags: --json, --quick\n`,
  );
  process.exit(2);
}

execFileSync('pnpm', ['install', '--ignore-workspace', '--frozen-lockfile', '--silent'], {
  cwd: join(root, 'tooling', 'bench-peers'),
  stdio: ['ignore', 'ignore', 'inherit'],
});

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const entry = fileURLToPath(new URL('./process.ts', import.meta.url));
if (!flags.includes('--json')) {
  const processors = cpus();
  process.stdout.write(
    `Node ${process.version.slice(1)}, ${platform()} ${arch()}, ${processors.length} x ${processors[0]?.model.trim()}\n`,
  );
}
let failed = 0;
for (const name of wanted.length > 0 ? wanted : packages) {
  const folder = join(root, 'packages', name, 'bench');
  for (const file of readdirSync(folder)
    .filter((found) => found.endsWith('.bench.ts'))
    .sort()) {
    if (!flags.includes('--json')) process.stdout.write(`\n== ${name}: ${file}\n`);
    const run = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', tsx, entry, join(folder, file), ...flags],
      {
        stdio: 'inherit',
      },
    );
    if (run.status !== 0) failed += 1;
  }
}
process.exitCode = failed === 0 ? 0 : 1;
