import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTrace } from '../../src/advisor/trace-file.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-cache-trace-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a trace in a file', () => {
  it('is a key a line, with a size and a cost if there are any', async () => {
    const trace = await loadTrace(file('a.txt', 'a\n\nb 10\r\n*\n# a note\nc,20,1.5\n'));
    expect(trace).toEqual({
      accesses: [
        { key: 'a', size: 1, cost: 1 },
        { key: 'b', size: 10, cost: 1 },
        { key: 'c', size: 20, cost: 1.5 },
      ],
      hasSizes: true,
      hasCosts: true,
    });
  });

  it('may have blanks in keys where tabs part the fields', async () => {
    const { accesses } = await loadTrace(file('tabs.txt', 'a key, really\t10\n'));
    expect(accesses).toEqual([{ key: 'a key, really', size: 10, cost: 1 }]);
  });

  it('may be JSON, with any key', async () => {
    const lines = ['{"key":"a b","size":5}', '{"key":{"file":"x"},"cost":2}'];
    const { accesses } = await loadTrace(file('a.ndjson', lines.join('\n')));
    expect(accesses).toEqual([
      { key: 'a b', size: 5, cost: 1 },
      { key: '{"file":"x"}', size: 1, cost: 2 },
    ]);
  });

  it('may be compressed', async () => {
    const { accesses, hasSizes, hasCosts } = await loadTrace(file('a.gz', gzipSync('a\nb\na\n')));
    expect(accesses.map(({ key }) => key)).toEqual(['a', 'b', 'a']);
    expect([hasSizes, hasCosts]).toEqual([false, false]);
  });

  it.each([
    ['a.txt', 'a\nb much\n', 'request 2 of the trace needs a size of at least 0; given NaN'],
    ['b.txt', '{"key":', 'line 1 of the trace is no JSON'],
    ['c.txt', '{"size":5}', 'line 1 of the trace has no key'],
  ])('is refused with its line where it is wrong (%s)', async (name, content, message) => {
    await expect(loadTrace(file(name, content))).rejects.toThrow(message);
  });

  it('is refused where it is not there, or no gzip', async () => {
    await expect(loadTrace(join(folder, 'missing.txt'))).rejects.toThrow('ENOENT');
    await expect(loadTrace(join(folder, 'missing.gz'))).rejects.toThrow('ENOENT');
    await expect(loadTrace(file('b.gz', 'plain text'))).rejects.toThrow('incorrect header check');
  });
});
