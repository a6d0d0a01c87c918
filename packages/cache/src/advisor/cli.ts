#!/usr/bin/env node
import { basename } from 'node:path';
import { argv, stderr, stdout } from 'node:process';
import { formatAdvice } from './advice-table.js';
import { advise } from './advice.js';
import { loadTrace } from './trace-file.js';

const HELP = `Which eviction policy, and which size, a trace of requests wants.

  perf-cache-advise TRACE [--json] [--verbose]

TRACE has a request a line: "key", "key size" or "key size cost", or JSON with these fields; .gz is read too.
Sizes are bytes, costs milliseconds. Without sizes the cache is limited in entries.

  --json      the figures as JSON
  --verbose   the stack of an error
`;

async function run(path: string, json: boolean): Promise<void> {
  const trace = await loadTrace(path);
  if (trace.accesses.length === 0) throw new Error(`${path} has no request in it`);
  const advice = advise(trace, (done, of) => {
    if (stderr.isTTY) stderr.write(`\rsize ${String(done + 1)} of ${String(of)}`);
  });
  if (stderr.isTTY) stderr.write('\r\x1b[K');
  stdout.write(`${json ? JSON.stringify(advice) : formatAdvice(advice, basename(path))}\n`);
}

const args = argv.slice(2).filter((arg) => arg !== '--');
const [path] = args.filter((arg) => !arg.startsWith('--'));
const unknown = args.find((arg) => arg.startsWith('--') && !['--json', '--verbose', '--help'].includes(arg));
if (args.includes('--help')) {
  stdout.write(HELP);
} else if (path === undefined || unknown !== undefined) {
  stderr.write(unknown === undefined ? HELP : `error: unknown flag ${unknown}\n\n${HELP}`);
  process.exitCode = 2;
} else {
  try {
    await run(path, args.includes('--json'));
  } catch (error) {
    stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    if (args.includes('--verbose') && error instanceof Error) {
      stderr.write(`${error.stack ?? ''}\n`);
    }
    process.exitCode = 1;
  }
}
