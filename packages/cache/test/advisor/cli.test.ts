import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '../../dist/advise.js');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-cache-advise-'));
  writeFileSync(join(folder, 'trace.txt'), 'a\nb\na\nc\na\nb\n');
  writeFileSync(join(folder, 'empty.txt'), '\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function run(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: folder }, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });
}

describe('perf-cache-advise', () => {
  it('prints a table and the options to take', async () => {
    const { code, out, error } = await run('trace.txt');
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('trace.txt: 6 requests for 3 keys');
    expect(out).toContain('new ConversionCache({ maxEntries:');
  });

  it('prints JSON, also after the -- that pnpm hands on', async () => {
    const { out } = await run('--', 'trace.txt', '--json');
    expect(JSON.parse(out)).toMatchObject({ requests: 6, keys: 3, unit: 'entries' });
  });

  it('explains itself', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('TRACE') as string });
    expect(await run()).toMatchObject({ code: 2, error: expect.stringContaining('TRACE') as string });
    expect(await run('trace.txt', '--fast')).toMatchObject({
      code: 2,
      error: expect.stringContaining('error: unknown flag --fast') as string,
    });
  });

  it('tells what is wrong in one line, with the stack for who asks', async () => {
    const { code, error } = await run('missing.txt');
    expect(code).toBe(1);
    expect(error.trimEnd().split('\n')).toEqual([expect.stringMatching(/^error: ENOENT.*missing\.txt/)]);
    expect((await run('empty.txt')).error).toBe('error: empty.txt has no request in it\n');
    expect((await run('empty.txt', '--verbose')).error).toContain('    at ');
  });
});
