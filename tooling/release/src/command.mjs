import { spawn } from 'node:child_process';

/** Runs a command to its end. What it printed, or an error that ends with it. */
export function run(command, args, { cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}\n${lastLines(output)}`),
        );
    });
  });
}

function lastLines(output) {
  return output.trimEnd().split('\n').slice(-15).join('\n');
}
