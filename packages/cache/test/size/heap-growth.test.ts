import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Growth } from '../processes/heap-growth.js';

const TOLERANCE = 0.2;
let directory = '';
let kinds: readonly string[] = [];

function run(...args: string[]): unknown {
  const script = join(directory, 'heap.mjs');
  return JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', '--single-threaded', script, ...args], {
      encoding: 'utf8',
    }),
  );
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'perf-cache-heap-'));
  await build({
    entry: { heap: join(import.meta.dirname, '../processes/heap-growth.ts') },
    outDir: directory,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    config: false,
    silent: true,
    clean: false,
    noExternal: [/./],
    esbuildOptions(options) {
      options.conditions = ['@perf/source'];
    },
  });
  kinds = run() as string[];
}, 60_000);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('sizeOf against the real growth of the heap', () => {
  it('is within a fifth of it, for every kind of value', () => {
    expect(kinds.length).toBeGreaterThan(20);
    const off = kinds
      .map((kind) => ({ kind, ...(run(kind) as Growth) }))
      .filter(({ estimated, measured }) => !(Math.abs(estimated / measured - 1) <= TOLERANCE));
    expect(off).toEqual([]);
  });
});
