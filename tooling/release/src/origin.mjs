/**
 * Writes into each manifest where the package comes from, as a registry wants it that checks provenance: the repository of
 * the workflow that runs this. Without one it does nothing. What it writes is published and not committed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages } from '@perf/tooling-checks/workspace';

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;

if (server !== undefined && name !== undefined) {
  for (const { folder, manifest, name: directory } of publishedPackages()) {
    const repository = { type: 'git', url: `git+${server}/${name}.git`, directory: `packages/${directory}` };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...manifest, repository }, null, 2)}\n`);
  }
}
