import { HELP, readArguments, UsageError, type Command } from './arguments.js';
import { runDemo } from './demo.js';
import { convertFile } from './file-conversion.js';

const FAILED = 1;
const WRONG_USAGE = 2;

async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(`${HELP}\n`);
      break;
    case 'demo':
      await runDemo(command);
      break;
    case 'convert':
      await convertFile(command, {
        out: (text) => process.stdout.write(text),
        note: (line) => process.stderr.write(`${line}\n`),
      });
      break;
  }
}

/** One clear line; the stack only for who asks. */
function report(error: unknown, verbose: boolean): void {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  process.stderr.write(`error: ${message}\n`);
  if (error instanceof UsageError) process.stderr.write('See pnpm demo -- --help\n');
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exitCode = error instanceof UsageError ? WRONG_USAGE : FAILED;
}

const args = process.argv.slice(2);
// A reader that closes its end early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : FAILED);
});
try {
  await run(readArguments(args));
} catch (error) {
  report(error, args.includes('--verbose'));
}
