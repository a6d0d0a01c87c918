import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The folders and manifests of the packages that are published. */
export function publishedPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => {
      const folder = join(root, 'packages', name);
      return { name, folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) };
    })
    .filter(({ manifest }) => manifest.private !== true);
}

/** Ends the process with what is wrong, or quietly. */
export function conclude(problems) {
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
