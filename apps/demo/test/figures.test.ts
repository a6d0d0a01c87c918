import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Way } from '../src/chapters/ways.js';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'demo-figures-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Figures {
  readonly report: string;
  readonly tables: readonly { readonly title: string; readonly rows: readonly Way[] }[];
}

/** The figures of one short run of the demo: whether they make sense, never how large they are. */
describe('the demo', () => {
  let figures: Figures;
  let ways: readonly Way[];

  beforeAll(async () => {
    const args = [CLI, '--quick', '--json', '--seed', '3', '--report', join(folder, 'report.html')];
    const text = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, out) => {
        if (error === null) resolve(out);
        else reject(new Error('the demo failed', { cause: error }));
      });
    });
    figures = JSON.parse(text) as Figures;
    ways = figures.tables.find(({ title }) => title.includes('five ways'))?.rows ?? [];
  }, 240_000);

  const way = (server: string): Way | undefined => ways.find((one) => one.server === server);

  it('serves the stream in five ways', () => {
    expect(ways.map(({ server }) => server)).toEqual([
      'plain',
      'hand-cached',
      'predictable',
      'low-memory',
      'adaptive',
    ]);
  });

  it('takes time and memory for each, and no less for the slow answers than for the usual ones', () => {
    for (const { totalMs, p50, p99, peakGrowthBytes } of ways) {
      expect(Math.min(totalMs, p50, peakGrowthBytes)).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
      expect(totalMs).toBeGreaterThan(p99);
    }
  });

  it('hits at least as often as the hand-written cache, and never where nothing is kept', () => {
    expect(way('plain')).toMatchObject({ hitRate: 0, keptBytes: 0 });
    for (const server of ['predictable', 'low-memory', 'adaptive']) {
      expect(way(server)?.hitRate).toBeGreaterThanOrEqual(way('hand-cached')?.hitRate ?? 1);
      expect(way(server)?.keptBytes).toBeLessThanOrEqual(256 * 2 ** 20);
    }
    expect(way('hand-cached')?.hitRate).toBeGreaterThan(0.1);
  });

  it('is served sooner by a suite than by the libraries alone', () => {
    for (const server of ['predictable', 'low-memory', 'adaptive']) {
      expect(way(server)?.totalMs).toBeLessThan(way('plain')?.totalMs ?? 0);
    }
  });

  it('writes its page where it says', () => {
    expect(readFileSync(figures.report, 'utf8')).toContain('One stream of requests, served five ways');
  });
});
