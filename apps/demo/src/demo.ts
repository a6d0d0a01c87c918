import { writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DemoArguments } from './arguments.js';
import { runChild } from './child.js';
import type { Chapter } from './chapters/chapter.js';
import { coldAndRepeated } from './chapters/cold-and-repeated.js';
import { keptBytes } from './chapters/compression.js';
import { servedWays } from './chapters/ways.js';
import { lazyMemory } from './chapters/lazy-memory.js';
import { strategies } from './chapters/strategies.js';
import { reportPage } from './report/page.js';
import { Progress } from './report/progress.js';
import {
  isServerMessage,
  SERVER_KINDS,
  SERVER_NAMES,
  type ServerKind,
  type ServerReport,
} from './server/messages.js';

const REQUESTS = 200;
const QUICK_REQUESTS = 60;

/** Serves the stream of requests five ways, measures them from several sides and prints one table for each. */
export async function runDemo({ seed, quick, json, report }: DemoArguments): Promise<void> {
  const requests = quick ? QUICK_REQUESTS : REQUESTS;
  const chapters: Chapter[] = [];
  const show = (chapter: Chapter): void => {
    chapters.push(chapter);
    if (!json) process.stdout.write(`\n${chapter.title}\n\n${chapter.lines.join('\n')}\n`);
  };
  const machine = machineLine();
  const about = introduction(requests, seed);
  if (!json) process.stdout.write(`${about.join('\n')}\n${machine}\n`);

  const reports: ServerReport[] = [];
  for (const server of SERVER_KINDS) reports.push(await serve(server, requests, seed));
  show(servedWays(reports));
  const adaptive = reports.find(({ server }) => server === 'adaptive');
  const thrifty = reports.find(({ server }) => server === 'low-memory');
  if (adaptive !== undefined) {
    show(coldAndRepeated(adaptive));
    show(strategies(adaptive));
  }
  if (thrifty !== undefined) show(keptBytes(thrifty));
  show(await lazyMemory());

  const path = resolve(report ?? join(tmpdir(), `perf-demo-${String(seed)}.html`));
  await writeFile(path, reportPage(reports, chapters, [...about, machine]));
  if (json) {
    const tables = chapters.map(({ title, data }) => ({ title, rows: data }));
    const all = { schema: 2, seed, requests, machine, report: path, tables };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  } else process.stdout.write(`\nWith pictures: ${path}\n`);
}

function introduction(requests: number, seed: number): string[] {
  return [
    'A data server answers requests over six real files (npm package vega-datasets, BSD-3-Clause):',
    `${String(requests)} requests, seed ${String(seed)}; 70 % drawn from 40 templates by Zipf 0.9, 30 % asked once; 1 of 10 repeats`,
    'finds a new version of its source. Every figure below is measured in this run.',
  ];
}

function machineLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `Node ${process.version.slice(1)}, ${process.platform} ${process.arch}, ${String(processors.length)} x ${model}`;
}

async function serve(server: ServerKind, requests: number, seed: number): Promise<ServerReport> {
  const progress = new Progress(process.stderr, `served by ${SERVER_NAMES[server]}`);
  const reports: ServerReport[] = [];
  await runChild('server-process.js', [server, String(requests), String(seed)], (message) => {
    if (!isServerMessage(message)) return;
    if (message.type === 'progress') progress.show(message.done, message.total, message.ms);
    else reports.push(message.report);
  });
  progress.done();
  const [report] = reports;
  if (report === undefined) throw new Error(`the process that was ${server} ended without a report`);
  return report;
}
