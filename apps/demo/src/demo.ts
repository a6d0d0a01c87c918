import { cpus } from 'node:os';
import type { DemoArguments } from './arguments.js';
import { runChild } from './child.js';
import type { Chapter } from './chapters/chapter.js';
import { coldAndRepeated } from './chapters/cold-and-repeated.js';
import { keptBytes } from './chapters/compression.js';
import { lazyMemory } from './chapters/lazy-memory.js';
import { againstPlain } from './chapters/plain-libraries.js';
import { strategies } from './chapters/strategies.js';
import { Progress } from './report/progress.js';
import { isServerMessage, type ServerKind, type ServerReport } from './server/messages.js';

const REQUESTS = 200;
const QUICK_REQUESTS = 60;

/** Serves the stream of requests, measures it from several sides and prints one table for each. */
export async function runDemo({ seed, quick, json }: DemoArguments): Promise<void> {
  const requests = quick ? QUICK_REQUESTS : REQUESTS;
  const chapters: Chapter[] = [];
  const show = (chapter: Chapter): void => {
    chapters.push(chapter);
    if (!json) process.stdout.write(`\n${chapter.title}\n\n${chapter.lines.join('\n')}\n`);
  };
  const machine = machineLine();
  if (!json) process.stdout.write(`${introduction(requests, seed)}\n${machine}\n`);

  const suite = await serve('suite', requests, seed);
  show(coldAndRepeated(suite));
  show(keptBytes(suite));
  show(strategies(suite));
  show(await lazyMemory());
  const plain = await serve('plain', requests, seed);
  show(againstPlain(suite, plain));

  if (json) {
    const tables = chapters.map(({ title, data }) => ({ title, rows: data }));
    process.stdout.write(`${JSON.stringify({ schema: 1, seed, requests, machine, tables }, null, 2)}\n`);
  }
}

function introduction(requests: number, seed: number): string {
  return [
    'A data server answers requests over six real files (npm package vega-datasets, BSD-3-Clause):',
    `${String(requests)} requests, seed ${String(seed)}; 70 % drawn from 40 templates by Zipf 0.9, 30 % asked once; 1 of 10 repeats`,
    'finds a new version of its source. Every figure below is measured in this run.',
  ].join('\n');
}

function machineLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `Node ${process.version.slice(1)}, ${process.platform} ${process.arch}, ${String(processors.length)} x ${model}`;
}

async function serve(server: ServerKind, requests: number, seed: number): Promise<ServerReport> {
  const label = server === 'suite' ? 'serving through @perf' : 'serving with the plain libraries';
  const progress = new Progress(process.stderr, label);
  const reports: ServerReport[] = [];
  await runChild('server-process.js', [server, String(requests), String(seed)], (message) => {
    if (!isServerMessage(message)) return;
    if (message.type === 'progress') progress.show(message.done, message.total, message.ms);
    else reports.push(message.report);
  });
  progress.done();
  const [report] = reports;
  if (report === undefined) throw new Error(`the ${server} server ended without a report`);
  return report;
}
