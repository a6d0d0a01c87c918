import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | ({ readonly kind: 'demo' } & DemoArguments)
  | ({ readonly kind: 'convert' } & FileArguments & { readonly verbose: boolean });

export interface DemoArguments {
  readonly seed: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  /** Where the pictures go. */
  readonly report: string | undefined;
}

export interface FileArguments {
  readonly input: string;
  readonly to: string;
  readonly from: string | undefined;
  readonly columns: readonly string[] | undefined;
  readonly output: string | undefined;
}

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Usage
  pnpm demo                            serve real data, measure it, print what it cost
  pnpm demo -- --input FILE --to FORMAT [--from FORMAT] [--columns a,b] [--output FILE]
                                       convert a file of your own

Options
  --quick        a shorter stream: figures in a few seconds, less exact
  --seed N       another stream of requests (a whole number; default 1)
  --json         the figures as JSON on standard output, progress on standard error
  --report FILE  where to write the pictures, one page of HTML; without it to the folder for temporary files
  --input FILE   the file to convert; its format is taken from its name unless --from says it
  --to FORMAT    csv, json, ndjson, parquet, arrow-ipc; or rows, columns for a look at the data
  --columns a,b  only these columns
  --output FILE  where to write; without it text goes to standard output
  --verbose      stack traces with errors
  --help         this text`;

/** @throws UsageError */
export function readArguments(args: readonly string[]): Command {
  // `pnpm demo -- --quick` hands over the `--` itself.
  const given = args[0] === '--' ? args.slice(1) : args;
  const values = parsed(given);
  if (values.help === true) return { kind: 'help' };
  const verbose = values.verbose === true;
  const { input, to, from, output, report } = values;
  if (input === undefined) {
    const alone = ['to', 'from', 'columns', 'output'].find((name) => Object.hasOwn(values, name));
    if (alone !== undefined) throw new UsageError(`--${alone} needs --input FILE`);
    const { quick = false, json = false } = values;
    return { kind: 'demo', seed: readSeed(values.seed), quick, json, verbose, report };
  }
  if (to === undefined) throw new UsageError('--input needs --to FORMAT');
  const columns = values.columns?.split(',').map((name) => name.trim());
  if (columns?.some((name) => name === '') === true) {
    throw new UsageError(`--columns takes names separated by commas; given '${values.columns ?? ''}'`);
  }
  return { kind: 'convert', input, to, from, columns, output, verbose };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        verbose: { type: 'boolean' },
        seed: { type: 'string' },
        report: { type: 'string' },
        input: { type: 'string' },
        to: { type: 'string' },
        from: { type: 'string' },
        columns: { type: 'string' },
        output: { type: 'string' },
      },
      strict: true,
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    throw new UsageError(reason);
  }
}

function readSeed(text = '1'): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 2 ** 32 - 1) return seed;
  throw new UsageError(`--seed takes a whole number from 0 to 4294967295; given '${text}'`);
}
