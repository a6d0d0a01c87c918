import { stat, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { drawTable, type TableColumn } from '@perf/benchmark';
import { ColumnTable, ConversionError, type AnyRequest, type Format } from '@perf/shim-adapters';
import { UsageError, type FileArguments } from './arguments.js';
import { createPipeline } from './pipeline.js';
import { bytes, duration } from './report/units.js';

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
  '.arrow': 'arrow-ipc',
  '.arrows': 'arrow-ipc',
  '.feather': 'arrow-ipc',
};
const FILE_FORMATS: readonly Format[] = ['csv', 'json', 'ndjson', 'parquet', 'arrow-ipc'];
const TEXT_FORMATS: readonly Format[] = ['csv', 'json', 'ndjson'];
const MEMORY_FORMATS: readonly Format[] = ['rows', 'columns'];
const PREVIEW_ROWS = 10;

/** Where the command writes: what was converted, and what is said about it. */
export interface Output {
  out(text: string | Uint8Array): void;
  note(line: string): void;
}

/** Converts one file of the user's own through the whole pipeline. */
export async function convertFile(args: FileArguments, output: Output): Promise<void> {
  const to = readFormat('--to', args.to, [...FILE_FORMATS, ...MEMORY_FORMATS]);
  const from = args.from === undefined ? formatOf(args.input) : readFormat('--from', args.from, FILE_FORMATS);
  if (args.output === undefined && FILE_FORMATS.includes(to) && !TEXT_FORMATS.includes(to)) {
    throw new UsageError(`${to} is binary: say where to write it with --output FILE`);
  }
  if (args.output !== undefined && MEMORY_FORMATS.includes(to)) {
    throw new UsageError(`${to} lives in memory only; --output takes ${FILE_FORMATS.join(', ')}`);
  }
  await requireFile(args.input);
  const request: AnyRequest = {
    source: { path: args.input },
    from,
    to: MEMORY_FORMATS.includes(to) ? 'columns' : to,
    ...(args.columns === undefined ? {} : { columns: args.columns }),
    // As a whole, a format is its own conversion. A limit has the file read, checked and written anew: a .tsv with commas.
    ...(from === to ? { options: { limit: Number.MAX_SAFE_INTEGER } } : {}),
  };
  const pipeline = createPipeline();
  try {
    const result = await pipeline.converter.convert(request);
    const { data } = result;
    if (data instanceof ColumnTable) preview(data, output);
    else if (!(data instanceof Uint8Array)) throw new Error(`the route to ${to} gave no bytes`);
    else if (args.output === undefined) output.out(data);
    else await writeFile(args.output, data);
    const target = args.output === undefined ? '' : ` to ${basename(args.output)}`;
    output.note(
      `${basename(args.input)}: ${result.route.map((step) => step.from).join(' > ')} > ${result.format}${target}, ` +
        `${bytes(result.bytes)} in ${duration(result.durationMs)}, quality ${result.quality.toFixed(4)}`,
    );
    for (const { message, column, count } of result.warnings) {
      output.note(`  ${column === undefined ? '' : `${column}: `}${message} (${String(count)})`);
    }
  } finally {
    await pipeline.close();
  }
}

function formatOf(file: string): Format {
  const found = BY_EXTENSION[extname(file).toLowerCase()];
  if (found !== undefined) return found;
  throw new UsageError(`cannot tell the format of '${basename(file)}' from its name; say it with --from`);
}

function readFormat(option: string, given: string, known: readonly Format[]): Format {
  const found = known.find((format) => format === given);
  if (found !== undefined) return found;
  // An unknown format is an answer about the data, not about the syntax: exit code 1.
  throw new ConversionError(
    'ERR_PERF_CONVERT_NO_ROUTE',
    `${option}: unknown format '${given}'; known are ${known.join(', ')}`,
  );
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new ConversionError(
    'ERR_PERF_CONVERT_UNREADABLE',
    `cannot read '${path}': ${found === undefined ? 'no such file' : 'it is not a file'}`,
  );
}

function preview(table: ColumnTable, output: Output): void {
  const columns = table.fields.map(({ name, type }): TableColumn<Record<string, unknown>> => ({
    title: `${name} (${type})`,
    cell: (row) => shownCell(row[name]),
    flexible: true,
  }));
  for (const line of drawTable(columns, table.slice(0, PREVIEW_ROWS).rows(), 100)) output.out(`${line}\n`);
  if (table.length > PREVIEW_ROWS) output.out(`... ${String(table.length - PREVIEW_ROWS)} more rows\n`);
}

function shownCell(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
