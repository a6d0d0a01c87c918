import { spawn } from 'node:child_process';

/** What nothing here takes, so that a command which waits for ever ends a check instead of holding it up. */
const LONGEST_MS = 10 * 60_000;

/** Runs a command to its end. What it printed, or an error that ends with it. */
export function run(command, args, { cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_MS,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `${command} ${args.slice(0, 3).join(' ')} ended with ${code ?? signal}\n${lastLines(output)}`,
          ),
        );
    });
  });
}

function lastLines(output) {
  return output.trimEnd().split('\n').slice(-15).join('\n');
}
