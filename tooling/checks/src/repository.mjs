/** What the repository must never contain: paths of a machine, addresses of a registry, large or generated files. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { conclude, root } from './workspace.mjs';

const LARGEST = 512 * 1024;
const FORBIDDEN = [
  [/(?:^|[\s"'`(=])\/(?:root|home|Users|work)\/[\w.-]+/m, 'a path of a machine'],
  [/https?:\/\/registry\.[\w.-]+/, 'the address of a registry'],
  [/^\s*(?:resolved|tarball):\s*https?:/m, 'a download address in a lock file'],
  [/\.\.\/shared\b/, 'a path outside the repository'],
];
// This file holds the patterns themselves.
const SELF = 'tooling/checks/src/repository.mjs';

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && file !== SELF);

const problems = [];
for (const file of files) {
  const path = join(root, file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) continue;
  if (stat.size > LARGEST) problems.push(`${file}: ${stat.size} bytes; generate large files by seed instead`);
  if (/(?:^|\/)(?:utils?|helpers?|common|misc)(?:\.[a-z]+|\/)/.test(file)) {
    problems.push(`${file}: the name says nothing; call it by the one thing it is`);
  }
  const text = readFileSync(path, 'utf8');
  for (const [pattern, what] of FORBIDDEN) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const line = text.slice(0, found.index).split('\n').length;
    problems.push(`${file}:${line}: ${what}: ${found[0].trim()}`);
  }
}
conclude(problems);
