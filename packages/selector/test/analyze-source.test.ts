import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { OptimizationSelector, SelectorError, type DataCharacteristics } from '../src/index.js';

const selector = new OptimizationSelector();
const folder = mkdtempSync(join(tmpdir(), 'analyze-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | Uint8Array): { path: string } {
  const path = join(folder, String(files++));
  writeFileSync(path, content);
  return { path };
}

/** The same from a file and from memory. */
async function both(content: string | Uint8Array): Promise<DataCharacteristics> {
  const found = await selector.analyzeSource(file(content));
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  expect(await selector.analyzeSource({ value: bytes })).toEqual(found);
  return found;
}

const ROWS = 5000;
const KINDS = { columns: 4, numericColumns: 2, textColumns: 1, temporalColumns: 1 };
const city = (i: number): string => `city ${String(i % 7)}`;
const time = (i: number): string => new Date(1.7e12 + i * 1000).toISOString();
const numbers = Array.from({ length: ROWS }, (_, i) => i);

const csv = `id,city,price,time\n${numbers.map((i) => `${String(i)},${city(i)},${i % 4 === 0 ? '' : '0'},${time(i)}`).join('\n')}\n`;
const records = numbers.map((i) => ({ id: i, city: city(i), price: i % 4 === 0 ? null : 0, time: time(i) }));

/** Rows of a text are counted by the length of those that were read. */
function expectRows({ rows }: DataCharacteristics): void {
  expect(rows / ROWS).toBeGreaterThan(0.97);
  expect(rows / ROWS).toBeLessThan(1.03);
}

describe('analyzeSource, of text', () => {
  it('knows the rows, the columns and their kinds of a CSV', async () => {
    const found = await both(csv);
    expectRows(found);
    expect(found).toMatchObject({ ...KINDS, bytes: csv.length, splittable: true });
    expect(found.nullRatio).toBeCloseTo(1 / 16, 1);
    expect(found.sparsity).toBeGreaterThan(0.3);
    expect(found.cardinality).toBeGreaterThan(100);
    expect(found.compressibility).toBeGreaterThan(0.6);
    expect(found.sampled).toMatch(/^1000 of about \d+ rows, as csv$/);
  });

  it('finds the delimiter, quoted fields and the last line without an end', async () => {
    const found = await both('a;"b;c";d\n1;"x;y";2020-01-01\n2;z;2020-01-02');
    expect(found).toMatchObject({
      rows: 2,
      columns: 3,
      numericColumns: 1,
      textColumns: 1,
      temporalColumns: 1,
    });
  });

  it('knows those of NDJSON', async () => {
    const found = await both(records.map((record) => JSON.stringify(record)).join('\n'));
    expectRows(found);
    expect(found).toMatchObject({ columns: 4, numericColumns: 2, textColumns: 2, splittable: true });
  });

  it('knows those of a JSON array, which cannot be cut', async () => {
    const found = await both(JSON.stringify(records));
    expectRows(found);
    expect(found).toMatchObject({ columns: 4, numericColumns: 2, textColumns: 2, splittable: false });
    expect((await both(JSON.stringify([{ a: '}{"]', b: [{ c: 1 }] }, { a: 'x' }]))).rows).toBe(2);
  });

  it('reads no more of a text than its beginning and some blocks, from a string as well', async () => {
    const long = `a,b\n${'1,two\n'.repeat(500_000)}`;
    const found = await selector.analyzeSource({ value: long });
    expect(found.rows / 500_000).toBeCloseTo(1, 2);
    expect(found).toMatchObject({ bytes: long.length, columns: 2, sampledRows: 1000 });
  });

  it.each([
    ['nothing', ''],
    ['blank lines', '\n\n'],
    ['an empty array', '[]'],
    ['a header alone', 'a,b\n'],
    ['a broken JSON', '[{"a":'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 1, 2])],
  ])('of %s is of no rows, and no error', async (_, content) => {
    expect(await both(content)).toMatchObject({ rows: 0, nullRatio: 0, sparsity: 0 });
  });
});

describe('analyzeSource, of binary formats', () => {
  const parquet = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: numbers, type: 'INT32' },
        { name: 'city', data: numbers.map(city), type: 'STRING' },
        {
          name: 'price',
          data: numbers.map((i) => (i % 4 === 0 ? null : i / 8)),
          type: 'DOUBLE',
          nullable: true,
        },
        { name: 'time', data: numbers.map((i) => new Date(i)), type: 'TIMESTAMP' },
      ],
      rowGroupSize: 2000,
    }),
  );
  const arrow =
    tableToIPC(
      tableFromArrays({
        id: numbers,
        city: numbers.map(city),
        price: numbers.map((i) => (i % 4 === 0 ? null : i)),
        time: numbers.map((i) => new Date(i)),
      }),
      { format: 'stream' },
    ) ?? new Uint8Array();

  it('reads the footer of a Parquet file', async () => {
    const found = await both(parquet);
    expect(found).toMatchObject({
      ...KINDS,
      bytes: parquet.length,
      rows: ROWS,
      splittable: true,
      sampledRows: 0,
    });
    expect(found.sampled).toContain('the footer');
    expect(found.nullRatio).toBeCloseTo(1 / 16, 2);
    expect(found.compressibility).toBeGreaterThan(0);
  });

  it('reads the headers of Arrow IPC, stream and file', async () => {
    const found = await both(arrow);
    expect(found).toMatchObject({ ...KINDS, bytes: arrow.length, rows: ROWS, splittable: false });
    expect(found.nullRatio).toBeCloseTo(1 / 16, 2);
    const asFile = tableToIPC(tableFromArrays({ a: numbers }), { format: 'file' }) ?? new Uint8Array();
    expect(await both(asFile)).toMatchObject({ rows: ROWS, columns: 1, numericColumns: 1 });
  });

  it('never throws anything of its own, whatever was changed or cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(parquet, arrow),
        fc.nat(),
        fc.nat(255),
        fc.option(fc.nat()),
        async (whole, at, byte, cut) => {
          const broken = whole.slice(0, cut === null ? undefined : cut % whole.length);
          broken[at % Math.max(1, broken.length)] = byte;
          // The footer and the first header are where it hurts.
          if (broken.length > 300) broken[broken.length - 1 - (at % 300)] = byte;
          const found = await selector.analyzeSource({ value: broken });
          expect(found.bytes).toBe(broken.length);
          expect([found.rows, found.nullRatio, found.compressibility].every((x) => x >= 0)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('analyzeSource, of values', () => {
  it('is analyze for tables, rows and typed arrays', async () => {
    for (const value of [[{ a: 1 }, { a: 2 }], new Float64Array(5), new SharedArrayBuffer(9)]) {
      expect(await selector.analyzeSource({ value })).toEqual(selector.analyze(value));
    }
  });
});

describe('analyzeSource, of what lies', () => {
  it('takes memory that was transferred away as empty', async () => {
    const value = new Uint8Array(100);
    structuredClone(value.buffer, { transfer: [value.buffer] });
    expect(await selector.analyzeSource({ value })).toMatchObject({ bytes: 0, rows: 0 });
    expect(selector.analyze(value.buffer)).toMatchObject({ bytes: 0, rows: 0 });
  });

  it('reads no body of an Arrow message that begins before it, from a file neither', async () => {
    const whole = tableToIPC(tableFromArrays({ a: numbers }), { format: 'stream' }) ?? new Uint8Array();
    for (let at = 0; at < 600; at += 4) {
      const broken = whole.slice();
      broken.fill(0xff, at, at + 8);
      const found = await selector.analyzeSource(file(broken));
      expect(() => selector.select(found)).not.toThrow();
    }
  });

  it('makes no million structures of a footer of a million bytes', async () => {
    // A file of one list: structures that end at once, a byte each.
    const count = 3_000_000;
    const footer = Buffer.concat([
      Buffer.from([0x29, 0xfc, 0xc0, 0x8d, 0xb7, 0x01]),
      Buffer.alloc(count + 1),
    ]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    const value = Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]);
    expect(await selector.analyzeSource({ value })).toMatchObject({
      rows: 0,
      columns: 0,
      bytes: value.length,
    });
    expect((await selector.analyzeSource({ value })).sampled).toContain('which are no text');
  });
});

describe('analyzeSource, of what cannot be read', () => {
  const refused = async (source: unknown): Promise<[unknown, string]> => {
    try {
      await selector.analyzeSource(source as { value: unknown });
    } catch (error) {
      if (error instanceof SelectorError) return [error.code, error.message];
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('says which file, and why', async () => {
    const [code, message] = await refused({ path: join(folder, 'none') });
    expect(code).toBe('ERR_PERF_SELECTOR_UNREADABLE');
    expect(message).toContain('none');
    expect((await refused({ path: folder }))[1]).toContain('it is not a file');
  });

  it.each([[{ url: 'http://x' }], [{ stream: [] }], [{ path: 5 }], [{}], [null], ['a.csv']])(
    'refuses %j',
    async (source) => {
      expect(await refused(source)).toEqual([
        'ERR_PERF_SELECTOR_INVALID_INPUT',
        expect.stringContaining('analyzeSource() takes { path } or { value }'),
      ]);
    },
  );

  it('stops when it is called off', async () => {
    const reason = new Error('enough');
    await expect(selector.analyzeSource(file(csv), { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
