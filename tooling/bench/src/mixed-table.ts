/**
 * The table that the benches convert: ten columns of the kinds that data services see, drawn by a fixed sequence, so
 * that every run and every machine has the same bytes (127 a row, about).
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const CATEGORIES = [
  'analytics',
  'billing',
  'catalog',
  'delivery',
  'events',
  'finance',
  'geo',
  'health',
  'inventory',
  'journal',
  'kitchen',
  'logistics',
];
const CITIES = [
  'São Paulo',
  'Zürich',
  'Kraków',
  'Lima',
  'Lagos',
  'Osaka',
  'Quito',
  'Reykjavík',
  'Tunis',
  'Turku',
];
const HEADER = 'id,big,price,score,category,city,name,token,time,flag\n';
const LINES_PER_WRITE = 10_000;

/** Draws numbers by xorshift32 (Marsaglia, "Xorshift RNGs", 2003). */
export class Sequence {
  #state: number;

  constructor(seed = 2_463_534_242) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  /** From 0 to 1, with all 53 bits. */
  share(): number {
    return ((this.next() >>> 5) * 67_108_864 + (this.next() >>> 6)) / 2 ** 53;
  }
}

/** One line of the table, without its end. */
export function mixedLine(id: number, draw: Sequence): string {
  const name =
    draw.below(200) < 3
      ? `"Anna ""Ann"", ${String(draw.below(100))}\nLane ${String(draw.below(100))}"`
      : `person ${String(draw.below(100_000))}`;
  const token = `${hex(draw.next())}${hex(draw.next())}`;
  const time = new Date(1_700_000_000_000 + id * 1000 + draw.below(1000)).toISOString();
  const cells = [
    String(id),
    String(9_007_199_254_740_993n + BigInt(draw.next()) * 1_000_003n),
    (draw.below(10_000_000) / 100).toFixed(2),
    draw.below(10) === 0 ? '' : String((draw.share() - 0.5) * 200),
    CATEGORIES[draw.below(12)] ?? '',
    draw.below(20) === 0 ? '' : (CITIES[draw.below(10)] ?? ''),
    name,
    token,
    time,
    draw.below(20) === 0 ? '' : draw.below(2) === 0 ? 'true' : 'false',
  ];
  return cells.join(',');
}

/** The table as text, for small ones. */
export function mixedText(rows: number): string {
  const draw = new Sequence();
  let text = HEADER;
  for (let id = 1; id <= rows; id++) text += `${mixedLine(id, draw)}\n`;
  return text;
}

/** Writes the table as a CSV file without holding it. Gives its size in bytes. */
export function writeMixedTable(path: string, rows: number): number {
  const draw = new Sequence();
  const file = openSync(path, 'w');
  let bytes = writeSync(file, HEADER);
  for (let id = 1; id <= rows;) {
    let text = '';
    for (let line = 0; line < LINES_PER_WRITE && id <= rows; line++, id++) text += `${mixedLine(id, draw)}\n`;
    bytes += writeSync(file, text);
  }
  closeSync(file);
  return bytes;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
