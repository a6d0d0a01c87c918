/** Runs one bench file in this process and prints what it reports: tables for people, or JSON lines for programs. */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatComparison, formatTable, PerformanceBenchmark, toReport } from '@perf/benchmark';
import type { Bench, BenchFile } from './bench.js';
import { sibling } from './sibling.js';

const [file = '', ...flags] = process.argv.slice(2);
const json = flags.includes('--json');
const peers = createRequire(fileURLToPath(new URL('../../bench-peers/package.json', import.meta.url)));

function print(title: string, text: string, data: unknown): void {
  if (json) process.stdout.write(`${JSON.stringify({ title, data })}\n`);
  else process.stdout.write(`\n${title}\n\n${text}\n`);
}

/** The first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] ?? '').length));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)))).join('  ');
  return rows.map(line).join('\n');
}

const bench: Bench = {
  sibling,
  benchmark: new PerformanceBenchmark(),
  quick: flags.includes('--quick'),
  peer: async (name) => (await import(pathToFileURL(peers.resolve(name)).href)) as unknown,
  comparison: (title, result) => {
    print(title, formatComparison(result), toReport([result]));
  },
  measurements: (title, results) => {
    print(title, formatTable(results), toReport(results));
  },
  figures: (title, figures) => {
    const width = Math.max(...Object.keys(figures).map((name) => name.length));
    const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(width)}  ${value}`);
    print(title, lines.join('\n'), figures);
  },
  table: (title, columns, rows) => {
    print(title, aligned([columns, ...rows]), { columns, rows });
  },
};

const module = (await import(pathToFileURL(file).href)) as { default: BenchFile };
await module.default(bench);
