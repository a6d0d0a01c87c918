/** The packages as they would be published. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages } from '@perf/tooling-checks/workspace';
import { run } from './command.mjs';

/** Packs every published package into a folder. */
export async function packAll(folder) {
  const packed = [];
  for (const { name, folder: source, manifest } of publishedPackages()) {
    const target = join(folder, 'tarballs', name);
    await run('pnpm', ['pack', '--pack-destination', target], { cwd: source });
    const [file] = readdirSync(target).filter((entry) => entry.endsWith('.tgz'));
    packed.push({ name, source, manifest, tarball: join(target, file) });
  }
  return packed;
}
