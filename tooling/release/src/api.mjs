/**
 * Whether the public types of each package are those of its reviewed report, `api-report.md`. With `--write` the reports
 * are made anew; read the difference before you commit it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conclude, publishedPackages } from '@perf/tooling-checks/workspace';
import { apiReport } from './api-report.mjs';

const write = process.argv.includes('--write');
const problems = [];
for (const one of publishedPackages()) {
  const file = join(one.folder, 'api-report.md');
  const reviewed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const report = await apiReport(one);
  if (report === reviewed) continue;
  if (write) {
    writeFileSync(file, report);
    process.stdout.write(`packages/${one.name}/api-report.md was made anew\n`);
  } else {
    problems.push(
      `The public types of ${one.manifest.name} are not those of packages/${one.name}/api-report.md:`,
      difference(file, report),
      'If that is meant, run `pnpm api`, read the difference, and record a changeset.',
    );
  }
}
conclude(problems);

/** The lines that differ, as git shows them. */
function difference(file, report) {
  const args = [
    'diff',
    '--no-index',
    '--no-color',
    '--unified=1',
    '--',
    existsSync(file) ? file : '/dev/null',
    '-',
  ];
  const { stdout } = spawnSync('git', args, { input: report, encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => !/^(?:diff|index|---|\+\+\+) /.test(line))
    .slice(0, 60)
    .join('\n');
}
