/**
 * Runs a command and shows one line for it; what it printed is shown only when it fails.
 * Usage: node quietly.mjs "what it does" command arg ...
 */
import { spawn } from 'node:child_process';

const [what, command, ...args] = process.argv.slice(2);
const started = performance.now();
process.stderr.write(`${what} ... `);
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
let output = '';
child.stdout.on('data', (chunk) => (output += chunk));
child.stderr.on('data', (chunk) => (output += chunk));
child.on('error', (error) => finish(1, `${output}${error.message}\n`));
child.on('close', (code) => finish(code ?? 1, output));

function finish(code, printed) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(code === 0 ? `${seconds} s\n` : `failed after ${seconds} s\n${printed}`);
  process.exitCode = code;
}
