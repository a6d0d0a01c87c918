import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { describe, expect, it, vi } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(root, 'src', file), 'utf8'));

describe('the README', () => {
  it('opens with an example that prints what it says', async () => {
    expect(await runReadmeExample(root)).toEqual([
      'id: int64, zip: utf8',
      '{"id":9007199254740993,"zip":"00715","founded":"1535-01-18"}',
      'columns > ndjson 0.83 time-as-text founded',
    ]);
  });

  it.each([
    ['an adapter of your own', 'linesAdapter', ['true b']],
    ['optimize', 'optimize(', ['1 true csv>columns>json, kept in the cache']],
    ['the suite', 'createOptimizerSuite(', ['a | 1 | ']],
  ])('has an example of %s that runs', async (_, part, lines) => {
    const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
    const code = blocks.find((block) => block.includes(part)) ?? '';
    const folder = join(root, 'test', '.readme');
    const file = join(folder, `${part.replace(/\W/g, '')}.ts`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, code);
    const log = vi.spyOn(console, 'log').mockReturnValue();
    try {
      await import(/* @vite-ignore */ pathToFileURL(file).href);
      expect(log.mock.calls.map((parts) => parts.join(' '))).toEqual(lines);
    } finally {
      log.mockRestore();
      rmSync(folder, { recursive: true });
    }
  });

  it('has an example of streams that runs', async () => {
    const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
    const folder = join(root, 'test', '.readme-streams');
    mkdirSync(folder, { recursive: true });
    try {
      const file = join(folder, 'streams.ts');
      const [source, target] = [join(folder, 'in.csv'), join(folder, 'out.ndjson')];
      writeFileSync(file, blocks.find((block) => block.includes('pipeline(')) ?? '');
      writeFileSync(source, 'a,b\n1,x\n2,\n');
      const example = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
        toNdjson(path: string, target: string): Promise<void>;
      };
      await example.toNdjson(source, target);
      expect(readFileSync(target, 'utf8')).toBe('{"a":1,"b":"x"}\n{"a":2,"b":null}\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('explains every warning that the sources raise, and no other', () => {
    const raised = sources.flatMap((text) =>
      [...text.matchAll(/losses\.(lost|noted)\(\s*'([a-z-]+)'/g)].map(([, how, code]) => [
        code ?? '',
        how === 'lost' ? 'yes' : 'no',
      ]),
    );
    const explained = [...readme.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)` +\| (yes|no) +\|/gm)].map(
      ([, code = '', lossy = '']) => [code, lossy],
    );
    const unique = (pairs: string[][]): string[] => [...new Set(pairs.map((pair) => pair.join()))].sort();
    expect(explained.length).toBeGreaterThan(0);
    expect(unique(explained)).toEqual(unique(raised));
  });

  it('explains every error code', () => {
    const declared = sources
      .filter((text) => text.includes('export type ConversionErrorCode'))
      .flatMap((text) => [...text.matchAll(/^ {2}\| 'ERR_PERF_CONVERT_(\w+)'/gm)].map(([, code]) => code));
    const explained = [...readme.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code);
    expect(declared.length).toBeGreaterThan(0);
    expect(explained.sort()).toEqual(declared.sort());
  });
});
