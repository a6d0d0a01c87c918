/**
 * `pnpm check:release`: whether the packages can be released, one heading for each question. Stops at nothing, so that
 * one run shows all that is wrong.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHECKS = [
  ['the public types are those of the reviewed reports', 'api'],
  ['every change that users get has a changeset', 'changesets'],
  ['one package is enough', 'alone'],
  ['all of them work together', 'together'],
  ['a release, rehearsed', 'rehearsal'],
];

let failed = 0;
for (const [what, name] of CHECKS) {
  process.stdout.write(`\n${what}\n`);
  const started = performance.now();
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const [code] = await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'close');
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${seconds.padStart(6)} s\n`);
  if (code !== 0) failed += 1;
}
process.stdout.write(`\ncheck:release: ${CHECKS.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
