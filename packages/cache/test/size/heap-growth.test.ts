import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Growth, Kinds } from '../processes/heap-growth.js';

/** A process for each kind: half a second, much more on a busy machine. */
const PATIENCE = 120_000;
let directory = '';
let kinds: Kinds = { 0.1: [], 0.2: [] };

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
  kinds = run() as Kinds;
}, PATIENCE);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('sizeOf against the real growth of the heap', () => {
  it.each<[keyof Kinds, string]>([
    ['0.1', 'rows, texts, typed arrays, Arrow tables, dates, lists'],
    ['0.2', 'maps, sets, hash tables of properties, texts that are still in pieces'],
  ])(
    'is within %s of it for %s',
    (tolerance) => {
      expect(kinds[tolerance].length).toBeGreaterThan(5);
      const off = kinds[tolerance]
        .map((kind) => ({ kind, ...(run(kind) as Growth) }))
        .filter(({ estimated, measured }) => !(Math.abs(estimated / measured - 1) <= Number(tolerance)));
      expect(off).toEqual([]);
    },
    PATIENCE,
  );
});
