/** Packs every package as it would be published and asks publint and attw what they think of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude, publishedPackages, root } from './workspace.mjs';

const folder = mkdtempSync(join(tmpdir(), 'perf-packages-'));
const problems = [];
try {
  for (const { name, folder: source, manifest } of publishedPackages()) {
    const target = join(folder, name);
    attempt(name, 'pnpm', ['pack', '--pack-destination', target], source);
    const tarball = (existsSync(target) ? readdirSync(target) : []).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) {
      problems.push(`${name}: nothing was packed`);
      continue;
    }
    const packed = join(target, tarball);
    attempt(name, 'pnpm', ['exec', 'publint', '--strict', packed], root);
    attempt(name, 'pnpm', ['exec', 'attw', '--profile', 'esm-only', '--no-emoji', packed], root);
    const listing = execFileSync('tar', ['-tzf', packed], { encoding: 'utf8' });
    if (!listing.includes('package/README.md')) problems.push(`${name}: no README in the package`);
    if (listing.includes('package/src/')) problems.push(`${name}: sources in the package`);
    if (JSON.stringify(manifest.publishConfig?.exports ?? '').includes('@perf/source')) {
      problems.push(`${name}: publishConfig.exports names the source condition`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
conclude(problems);

function attempt(name, command, args, cwd) {
  try {
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    problems.push(`${name}: ${args.slice(0, 3).join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
}
