import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs one of the demo's own processes and hands on what it sends. Figures of memory and time are only fair when
 * each side has a process of its own.
 */
export function runChild(
  file: string,
  args: readonly string[],
  onMessage: (message: unknown) => void,
  execArgv: readonly string[] = [],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL(`./${file}`, import.meta.url)), [...args], {
      execArgv: [...execArgv],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.on('message', onMessage);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(failure(file, code ?? signal, errors));
    });
  });
}

/** What a process that failed last said, its first line being the reason. */
function failure(file: string, how: number | string | null, errors: string): Error {
  const reason =
    errors.split('\n').find((line) => /^\w*Error\b.*: /.test(line)) ?? `it ended with ${String(how)}`;
  return new Error(`${file} failed: ${reason}`, { cause: errors });
}
