import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Compressor } from '@perf/compression';
import { Ledger, MemoryPool, StreamingConverter } from '@perf/lazy';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultRegistry } from '../../src/default-registry.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { tableIn } from '../requests.js';

// The real classes of the other packages, joined by hand: what each takes as a port is what the other is.

const ROWS = 150_000;
const text = `id,name\n${Array.from({ length: ROWS }, (_, row) => `${String(row)},n${String(row % 100)}`).join('\n')}\n`;
const folder = mkdtempSync(join(tmpdir(), 'perf-lazy-parts-'));
const path = join(folder, 'table.csv');
writeFileSync(path, text);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a pool of memory', () => {
  it('gives a conversion its memory, and the next one the same again', async () => {
    using pool = new MemoryPool({ memory: false });
    const registry = defaultRegistry();
    const table = new ColumnTable([...tableIn(await registry.convert(request())).columns]);
    for (let round = 0; round < 3; round += 1) {
      using scope = pool.scope();
      const { allocate } = scope;
      const source = { value: table };
      const { data } = await registry.convert({ source, from: 'columns', to: 'csv' }, { allocate });
      if (!(data instanceof Uint8Array)) throw new Error('csv is bytes');
      expect(Buffer.from(data).toString()).toBe(text);
      expect(pool.stats().leased).toBeGreaterThan(0);
    }
    expect(pool.stats()).toMatchObject({ leased: 0, unpooled: 0 });
    expect(pool.stats().reused).toBeGreaterThanOrEqual(2 * pool.stats().fresh);
  });

  it('gives a compressor the memory that it restores into', () => {
    using pool = new MemoryPool({ memory: false });
    const compressor = new Compressor();
    const prices = Float64Array.from({ length: 10_000 }, (_, i) => i / 100);
    const frame = compressor.compressSync(prices);
    for (let round = 0; round < 2; round += 1) {
      using scope = pool.scope();
      expect(compressor.decompressSync(frame, { allocate: scope.allocateBuffer })).toEqual(prices);
    }
    expect(pool.stats()).toMatchObject({ fresh: 1, reused: 1, leased: 0 });
  });
});

describe('a stream of a registry', () => {
  it('is a source for stages, on the books while it is under way', async () => {
    const ledger = new Ledger();
    const converter = new StreamingConverter({ memory: false, ledger, maxBytes: '32MB' });
    const seen: number[] = [];
    const run = converter.run(defaultRegistry().stream(request()), [
      ({ data, bytes }) => {
        seen.push(ledger.bytes - bytes);
        return { data: tableIn({ data }).length, rows: 1, bytes: 8 };
      },
    ]);
    let rows = 0;
    for await (const { data } of run) rows += data;
    expect(rows).toBe(ROWS);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every((beside) => beside === 0)).toBe(true);
    expect(run.stats().peakBytes).toBeGreaterThan(100_000);
    expect([ledger.bytes, run.stats().read.rows]).toEqual([0, ROWS]);
  });
});

function request() {
  return { source: { path }, from: 'csv', to: 'columns' } as const;
}
