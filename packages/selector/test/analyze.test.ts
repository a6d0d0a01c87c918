import { describe, expect, it } from 'vitest';
import { OptimizationSelector, type DataCharacteristics } from '../src/index.js';
import { seededRandom } from '../src/random.js';
import { countedRows } from './counted.js';
import { refusal } from './refusal.js';

const analyze = (data: unknown): DataCharacteristics => new OptimizationSelector().analyze(data);

const NOTHING = {
  bytes: 0,
  rows: 0,
  columns: 0,
  numericColumns: 0,
  textColumns: 0,
  temporalColumns: 0,
  nullRatio: 0,
  sparsity: 0,
  cardinality: 0,
  compressibility: 0,
  sortedness: 0,
  splittable: false,
  sampledRows: 0,
  sampled: 'all 0 rows',
} satisfies DataCharacteristics;

describe('analyze, of rows', () => {
  it('tells columns of numbers, text and times apart', () => {
    const rows = [
      { id: 1, big: 2n ** 60n, name: 'Ada', born: new Date(0), flag: true },
      { id: 2, big: 0n, name: 'Bo', born: new Date(1), flag: false },
    ];
    expect(analyze(rows)).toMatchObject({
      bytes: 2 * 5 * 16 + 'AdaBo'.length,
      rows: 2,
      columns: 5,
      numericColumns: 2,
      textColumns: 1,
      temporalColumns: 1,
      nullRatio: 0,
      sparsity: 0.25,
      sampledRows: 2,
    });
  });

  it('of none is nothing', () => {
    expect(analyze([])).toEqual(NOTHING);
  });

  it('of one knows its columns', () => {
    expect(analyze([{ a: 0 }])).toMatchObject({ rows: 1, columns: 1, sparsity: 1, sampledRows: 1 });
  });

  it('counts null, undefined and missing cells alike', () => {
    const rows = [{ a: 1, b: null }, { a: undefined, b: 2 }, { a: 3 }, null];
    expect(analyze(rows)).toMatchObject({ rows: 4, columns: 2, nullRatio: 5 / 8 });
  });

  it('takes the kind of a column from most of its cells, nulls aside', () => {
    const rows = [
      { a: null, b: 'x', c: true },
      { a: null, b: 'y', c: false },
      { a: 1, b: 2, c: 3 },
    ];
    expect(analyze(rows)).toMatchObject({ columns: 3, numericColumns: 1, textColumns: 1 });
  });

  it('gives a column of nulls no kind', () => {
    expect(analyze([{ a: null }, { a: undefined }])).toMatchObject({
      columns: 1,
      numericColumns: 0,
      textColumns: 0,
      temporalColumns: 0,
      nullRatio: 1,
      sparsity: 0,
    });
  });

  it('counts -0 as zero and NaN as a number that is none', () => {
    const rows = [-0, Number.NaN, Infinity, 5e-324].map((x) => ({ x }));
    expect(analyze(rows)).toMatchObject({ numericColumns: 1, sparsity: 0.25, nullRatio: 0 });
  });

  it('takes an array of plain values as one column', () => {
    expect(analyze([1, 0, null, 4])).toMatchObject({
      rows: 4,
      columns: 1,
      numericColumns: 1,
      nullRatio: 0.25,
      sparsity: 1 / 3,
      bytes: 48,
    });
    expect(analyze([new Date(0)])).toMatchObject({ columns: 1, temporalColumns: 1 });
  });

  it('takes holes of a sparse array as rows without cells', () => {
    const rows: unknown[] = [];
    rows[3] = { a: 1 };
    expect(analyze(rows)).toMatchObject({ rows: 4, columns: 1, nullRatio: 0.75, bytes: 16 });
    expect(analyze(new Array(2 ** 32 - 1))).toMatchObject({ rows: 2 ** 32 - 1, columns: 0, bytes: 0 });
  });

  it('takes a column for what it is called, even __proto__', () => {
    const row: unknown = JSON.parse('{"__proto__": 1, "constructor": "x"}');
    expect(analyze([row])).toMatchObject({ columns: 2, numericColumns: 1, textColumns: 1 });
  });
});

describe('analyze, of very many rows', () => {
  it('reads 1000 rows of a thousand million, and each of their cells once', () => {
    const { rows, touched } = countedRows(10 ** 9, (i) => ({ a: i + 1, b: 'four', c: null }));
    expect(analyze(rows)).toMatchObject({
      rows: 10 ** 9,
      sampledRows: 1000,
      columns: 3,
      nullRatio: 1 / 3,
      bytes: 10 ** 9 * (2 * 16 + 4),
    });
    expect(touched).toEqual({ rows: 1000, cells: 3000 });
  });

  it('reads each cell once even when every row has names of its own', () => {
    const { rows, touched } = countedRows(5000, (i) => ({ [`a${String(i)}`]: 1, [`b${String(i)}`]: 2 }));
    expect(analyze(rows)).toMatchObject({ columns: 2000, nullRatio: 0.999, bytes: 5000 * 2 * 16 });
    expect(touched.cells).toBe(2000);
  });

  it('reads all of 1000 rows, and one of each of 1000 stretches of more', () => {
    const all = countedRows(1000, () => ({ a: 1 }));
    expect(analyze(all.rows).sampledRows).toBe(1000);
    expect(all.positions).toEqual(Array.from({ length: 1000 }, (_, i) => i));

    const many = countedRows(100_000, () => ({ a: 1 }));
    analyze(many.rows);
    expect(many.positions.map((position) => Math.floor(position / 100))).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
  });

  it.each([2, 3, 5, 10, 100])('is not fooled by data with a period of %i', (period) => {
    const rows = Array.from({ length: 100_000 }, (_, i) => ({ a: i % period === 0 ? null : 1 }));
    expect(analyze(rows).nullRatio).toBeCloseTo(1 / period, 1);
    expect(analyze(rows).nullRatio).toBeGreaterThan(0);
  });
});

describe('analyze, of typed arrays, bytes and text', () => {
  it.each([
    ['Float64Array', new Float64Array([1, 0, -0, Number.NaN])],
    ['Int16Array', new Int16Array([1, 0, 0, 4])],
    ['BigInt64Array', new BigInt64Array([1n, 0n, 0n, 2n ** 53n + 1n])],
  ])('takes a %s as a column of numbers', (_, data) => {
    expect(analyze(data)).toMatchObject({
      bytes: data.byteLength,
      rows: 4,
      columns: 1,
      numericColumns: 1,
      sparsity: 0.5,
      sampledRows: 4,
    });
  });

  it('samples long arrays', () => {
    expect(analyze(new Float64Array(10 ** 6))).toMatchObject({
      rows: 10 ** 6,
      bytes: 8 * 10 ** 6,
      sampledRows: 1000,
      sparsity: 1,
    });
  });

  it('counts the bytes of a view, not of the buffer behind it', () => {
    expect(analyze(new Float64Array(new ArrayBuffer(800), 8, 2))).toMatchObject({ bytes: 16, rows: 2 });
  });

  it.each([
    ['Uint8Array', new Uint8Array(5)],
    ['Buffer', Buffer.alloc(5)],
    ['DataView', new DataView(new ArrayBuffer(9), 4, 5)],
    ['ArrayBuffer', new ArrayBuffer(5)],
    ['SharedArrayBuffer', new SharedArrayBuffer(5)],
    ['ASCII text', 'hello'],
    ['text of wider characters', 'é€'],
  ])('takes a %s as bytes that it does not read', (_, data) => {
    expect(analyze(data)).toEqual({ ...NOTHING, bytes: 5, sampled: 'all 5 bytes, as bytes' });
  });

  it('takes an array whose memory was transferred away as empty', () => {
    const data = new Float64Array(8);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(analyze(data)).toMatchObject({ bytes: 0, rows: 0, sampledRows: 0 });
  });

  it.each(['a', 'é', '€', '😀'])('estimates the UTF-8 bytes of long text of %s', (character) => {
    const text = character.repeat(100_000);
    expect(analyze(text).bytes).toBe(Buffer.byteLength(text));
  });

  it('of empty text is nothing', () => {
    expect(analyze('')).toEqual({ ...NOTHING, sampled: 'all 0 bytes, as bytes' });
  });
});

describe('analyze, of tables', () => {
  const arrow = (columns: readonly (readonly unknown[])[], numRows: number, read: () => void = () => {}) => ({
    numRows,
    numCols: columns.length,
    getChildAt: (i: number) => ({
      at: (row: number) => {
        read();
        return columns[i]?.[row];
      },
    }),
  });

  it('reads an Arrow table by its columns', () => {
    const table = arrow(
      [
        [1, 0],
        ['ab', null],
      ],
      2,
    );
    expect(analyze(table)).toMatchObject({
      bytes: 2 * 2 * 8 + 2,
      rows: 2,
      columns: 2,
      numericColumns: 1,
      textColumns: 1,
      temporalColumns: 0,
      nullRatio: 0.25,
      sparsity: 0.5,
      sampledRows: 2,
    });
  });

  it('reads at most 1000 cells of each column of an Arrow table', () => {
    let cells = 0;
    const table = arrow([[], [], []], 10 ** 7, () => (cells += 1));
    expect(analyze(table)).toMatchObject({ rows: 10 ** 7, sampledRows: 1000, nullRatio: 1 });
    expect(cells).toBe(3000);
  });

  it('knows the columns of an Arrow table without rows', () => {
    expect(analyze(arrow([[], []], 0))).toEqual({ ...NOTHING, columns: 2 });
  });

  const columnTable = (length: number, row: (i: number) => Record<string, unknown>) => {
    const asked: [number, number][] = [];
    const table = {
      length,
      byteLength: length * 12,
      slice: (start: number, end: number) => {
        asked.push([start, end]);
        return { rows: () => Array.from({ length: end - start }, (_, i) => row(start + i)) };
      },
    };
    return { table, asked };
  };

  it('reads a table of columns by single rows, and takes its own word for the bytes', () => {
    const { table, asked } = columnTable(3, (i) => ({ a: i, b: i === 1 ? null : 'x', t: new Date(i) }));
    expect(analyze(table)).toMatchObject({
      bytes: 36,
      rows: 3,
      columns: 3,
      numericColumns: 1,
      textColumns: 1,
      temporalColumns: 1,
      nullRatio: 1 / 9,
      sparsity: 1 / 3,
      sampledRows: 3,
    });
    expect(asked).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('reads at most 1000 rows of a long one', () => {
    const { table, asked } = columnTable(10 ** 7, () => ({ a: 1 }));
    expect(analyze(table)).toMatchObject({
      bytes: 12 * 10 ** 7,
      rows: 10 ** 7,
      sampledRows: 1000,
      columns: 1,
    });
    expect(asked).toHaveLength(1000);
  });
});

describe('analyze, of what values are like', () => {
  const rowsOf = (length: number, value: (i: number) => unknown) =>
    Array.from({ length }, (_, i) => ({ a: value(i) }));

  it('counts different values, all of few rows and an estimate of many', () => {
    expect(analyze(rowsOf(500, (i) => i % 12)).cardinality).toBe(12);
    expect(analyze(rowsOf(500, (i) => i)).cardinality).toBe(500);
    expect(analyze(rowsOf(100_000, (i) => i % 12)).cardinality).toBe(12);
    const unique = analyze(rowsOf(100_000, (i) => i)).cardinality;
    expect(unique).toBeGreaterThanOrEqual(10_000);
    expect(unique).toBeLessThanOrEqual(100_000);
    expect(analyze(rowsOf(4, (i) => (i < 2 ? new Date(5) : null))).cardinality).toBe(1);
  });

  it('tells sorted columns, up or down, from shuffled ones', () => {
    expect(analyze(rowsOf(5000, (i) => i)).sortedness).toBe(1);
    expect(analyze(rowsOf(5000, (i) => -i)).sortedness).toBe(1);
    const draw = seededRandom(3);
    expect(analyze(rowsOf(5000, () => draw())).sortedness).toBeLessThan(0.1);
    expect(analyze(rowsOf(10, () => 'same')).sortedness).toBe(1);
    expect(analyze(rowsOf(1, () => 5)).sortedness).toBe(0);
    expect(analyze(rowsOf(6, (i) => (i % 2 === 0 ? null : i))).sortedness).toBe(1);
  });

  it('tells what can be compressed from what cannot', () => {
    const draw = seededRandom(5);
    const random = Uint8Array.from({ length: 200_000 }, () => 256 * draw());
    expect(analyze(new Uint8Array(200_000)).compressibility).toBeGreaterThan(0.9);
    expect(analyze(random).compressibility).toBeLessThan(0.1);
    expect(analyze('abcabc'.repeat(10_000)).compressibility).toBeGreaterThan(0.9);
    expect(analyze(rowsOf(2000, (i) => `city ${String(i % 5)}`)).compressibility).toBeGreaterThan(0.5);
  });

  it('says what was looked at, and what can be cut', () => {
    expect(analyze(rowsOf(2000, (i) => i))).toMatchObject({ sampled: '1000 of 2000 rows', splittable: true });
    expect(analyze(rowsOf(1, (i) => i))).toMatchObject({ sampled: 'all 1 rows', splittable: false });
    expect(analyze(new Uint8Array(100_000))).toMatchObject({ sampled: '32768 of 100000 bytes, as bytes' });
  });
});

describe('analyze, of anything else', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
    [{}, 'an object'],
    [new Map(), 'an object'],
    [() => 1, 'a function'],
    [{ numRows: 3, getChildAt: () => undefined }, 'an object'],
  ])('refuses %s', (data, given) => {
    expect(() => analyze(data)).toThrow(refusal('INPUT', 'analyze() takes rows', given));
  });
});
