/**
 * `pnpm check`: everything that must hold besides the tests, one line each. Stops at nothing, so that one run shows
 * all that is wrong; what a failing check printed follows its line.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const own = (name) => ['node', `tooling/checks/src/${name}.mjs`];
// What corepack, npx and pnpm itself put on the PATH: the pnpm that runs this script.
const pnpm = (...args) => ['pnpm', ...args];

const CHECKS = [
  ['build', pnpm('exec', 'turbo', 'run', 'bundle', 'types', '--output-logs=errors-only')],
  ['typecheck', pnpm('exec', 'tsc', '--noEmit')],
  ['lint', pnpm('exec', 'eslint', '.', '--max-warnings=0')],
  ['format', pnpm('exec', 'prettier', '--check', '--log-level=warn', '.')],
  ['boundaries', pnpm('exec', 'turbo', 'boundaries', '--no-color')],
  ['unused', pnpm('exec', 'knip', '--no-progress')],
  ['packages', own('packages')],
  ['declarations', own('declarations')],
  ['sizes', pnpm('exec', 'size-limit', '--silent')],
  ['repository', own('repository')],
  ['kernels', own('kernels')],
];

let failed = 0;
for (const [name, [command, ...args]] of CHECKS) {
  const started = performance.now();
  const { code, output } = await run(command, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${seconds.padStart(6)} s\n`);
  if (code !== 0) {
    failed += 1;
    process.stdout.write(`${output.trimEnd()}\n`);
  }
}
process.stdout.write(`check: ${CHECKS.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
