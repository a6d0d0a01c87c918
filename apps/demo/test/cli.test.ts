import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly lines: string[];
}

/** Runs the built command line in a process of its own, in the folder with the files. */
function demo(...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], { cwd: folder, timeout: 20_000 }, (error, out, err) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') reject(error ?? new Error('no exit code'));
      else resolve({ code, out, lines: err.split('\n').filter((line) => line !== '') });
    });
  });
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const csv = 'id,city,price\n9007199254740993,Zürich,1.25\n2,"a ""q"", n",\n3,,-0.5\n';
const records = [
  { id: '9007199254740993', city: 'Zürich', price: 1.25 },
  { id: 2, city: 'a "q", n', price: null },
  { id: 3, city: null, price: -0.5 },
];

beforeAll(() => {
  file('a.csv', csv);
});

describe('--help', () => {
  it.each([[['--help']], [['--', '--help']]])('%j prints the usage and ends well', async (args) => {
    const { code, out, lines } = await demo(...args);
    expect([code, lines]).toEqual([0, []]);
    expect(out).toMatch(/^Usage\n/);
  });
});

describe('what cannot be converted', () => {
  it.each<[string, () => string[], string]>([
    [
      'a path that is wrong',
      () => ['--input', 'none.csv', '--to', 'json'],
      "cannot read 'none.csv': no such file",
    ],
    ['a folder', () => ['--input', '.', '--from', 'csv', '--to', 'json'], 'it is not a file'],
    ['an unknown format', () => ['--input', 'a.csv', '--to', 'excel'], "unknown format 'excel'"],
    [
      'an unknown source format',
      () => ['--input', 'a.csv', '--from', 'x', '--to', 'json'],
      "unknown format 'x'",
    ],
    [
      'a column that is not there',
      () => ['--input', 'a.csv', '--to', 'json', '--columns', 'id,nope'],
      "'nope'",
    ],
    ['a broken CSV', () => ['--input', file('b.csv', 'a,b\n1,"x\n'), '--to', 'json'], 'line 2'],
    [
      'a broken CSV that is to stay CSV',
      () => ['--input', file('b.csv', 'a,b\n1,"x\n'), '--to', 'csv'],
      'line 2',
    ],
    [
      'a CSV that is not UTF-8',
      () => ['--input', file('l.csv', Buffer.from([0xff, 0xfe])), '--to', 'json'],
      'UTF-8',
    ],
    ['a broken JSON', () => ['--input', file('b.json', '[{"a":1},\n{"a":'), '--to', 'csv'], 'JSON line 2'],
    ['a JSON that is no table', () => ['--input', file('n.json', '[1,2]'), '--to', 'csv'], 'record 1'],
    ['a broken NDJSON', () => ['--input', file('b.ndjson', '{"a":1}\n{"a"\n'), '--to', 'csv'], 'line 2'],
    [
      'a broken Parquet',
      () => ['--input', file('b.parquet', 'PAR1brokenPAR1'), '--to', 'csv'],
      'not Parquet',
    ],
    ['an empty Parquet', () => ['--input', file('e.parquet', ''), '--to', 'csv'], 'not Parquet'],
    ['a broken Arrow file', () => ['--input', file('b.arrow', 'ARROW'), '--to', 'csv'], 'not Arrow IPC'],
    [
      'a place that cannot be written',
      () => ['--input', 'a.csv', '--to', 'json', '--output', 'no/x.json'],
      'no/x.json',
    ],
  ])('%s is told in one line, with exit code 1', async (_, args, reason) => {
    const { code, out, lines } = await demo(...args());
    expect([code, out, lines.length]).toEqual([1, '', 1]);
    expect(lines[0]).toMatch(/^error: /);
    expect(lines[0]).toContain(reason);
  });

  it('has its stack with --verbose, below the same line', async () => {
    const args = ['--input', file('b.json', '{'), '--to', 'csv'];
    const short = await demo(...args);
    const long = await demo(...args, '--verbose');
    expect([long.code, long.lines[0]]).toEqual([1, short.lines[0]]);
    expect(long.lines.filter((line) => /^ {4}at /.test(line)).length).toBeGreaterThan(0);
  });
});

describe('wrong usage', () => {
  it.each([
    [['--nope'], "'--nope'"],
    [['--input', 'a.csv'], '--to FORMAT'],
    [['--to', 'csv'], '--input FILE'],
    [['--seed', 'x'], "'x'"],
    [['--input', 'a.csv', '--to', 'parquet'], '--output FILE'],
    [['--input', 'a.csv', '--to', 'rows', '--output', 'x'], 'in memory only'],
    [['--input', 'a.what', '--to', 'csv'], '--from'],
  ])('%j is told in a line, where help is in another, with exit code 2', async (args, named) => {
    const { code, out, lines } = await demo(...args);
    expect([code, out, lines.length]).toEqual([2, '', 2]);
    expect(lines[0]).toMatch(/^error: /);
    expect(lines[0]).toContain(named);
    expect(lines[1]).toBe('See pnpm demo -- --help');
  });
});

describe('a file of your own', () => {
  it('goes to every text format on standard output, what is said of it to standard error', async () => {
    const json = await demo('--input', 'a.csv', '--to', 'json');
    expect(JSON.parse(json.out.replace('9007199254740993', '"9007199254740993"'))).toEqual(records);
    expect(json.lines).toHaveLength(1);
    expect(json.lines[0]).toMatch(/^a\.csv: csv > columns > json, \d+ B in .+, quality 1\.0000$/);
    const ndjson = await demo('--input', 'a.csv', '--to', 'ndjson');
    expect(ndjson.out.trim().split('\n')).toHaveLength(3);
    expect(ndjson.code).toBe(0);
  });

  it.each([
    ['json', 'json'],
    ['ndjson', 'jsonl'],
    ['parquet', 'parquet'],
    ['arrow-ipc', 'arrow'],
    ['csv', 'txt'],
  ])('goes to %s and comes back the same', async (format, extension) => {
    // JSON.parse has no integers beyond 2^53.
    const text = format.endsWith('json') ? csv.replace('9007199254740993', '1') : csv;
    const source = file(`source-${extension}.csv`, text);
    const there = await demo('--input', source, '--to', format, '--output', `there.${extension}`);
    expect([there.code, there.out]).toEqual([0, '']);
    const back = await demo('--input', `there.${extension}`, '--to', 'csv');
    expect(back.out).toBe(text);
  });

  it('is narrowed to --columns, in their order', async () => {
    const { out } = await demo('--input', 'a.csv', '--to', 'csv', '--columns', 'price, id');
    expect(out).toBe('price,id\n1.25,9007199254740993\n,2\n-0.5,3\n');
  });

  it('is shown, ten rows of it, when rows or columns are asked for', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `${String(i)},2024-02-29`);
    file('twelve.csv', `n,day\n${rows.join('\n')}\n`);
    const { out } = await demo('--input', 'twelve.csv', '--to', 'rows');
    const lines = out.trim().split('\n');
    expect(lines[0]).toMatch(/^n \(int32\) +day \(date\)$/);
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe('... 2 more rows');
  });

  it('with other delimiters is written with commas', async () => {
    file('t.tsv', 'a\tb\n1\tx\n');
    expect((await demo('--input', 't.tsv', '--to', 'csv')).out).toBe('a,b\n1,x\n');
  });

  it('has its losses named', async () => {
    file('days.csv', 'day\n2024-02-29\n');
    const { lines } = await demo('--', '--input', 'days.csv', '--to', 'json');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('quality 0.0000');
    expect(lines[1]).toMatch(/^ {2}day: .+ \(1\)$/);
  });

  it('may replace itself', async () => {
    file('self.csv', 'a\n"1"\n');
    const { code } = await demo('--input', 'self.csv', '--to', 'ndjson', '--output', 'self.csv');
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'self.csv'), 'utf8')).toBe('{"a":1}\n');
  });
});

describe('a reader that closes early', () => {
  it('is no error', async () => {
    file('long.csv', `a\n${'some text\n'.repeat(200_000)}`);
    const child = spawn(process.execPath, [CLI, '--input', 'long.csv', '--to', 'json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(errors).not.toMatch(/EPIPE|Error|error/);
  });
});
