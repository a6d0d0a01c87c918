import { deflateRawSync } from 'node:zlib';
import { spread } from './sample.js';

/** Bytes that are looked at, at most: 32 blocks of 1 KB. */
const BLOCKS = 32;
const BLOCK = 1024;

/** Blocks of some bytes, evenly spread; all of few. */
export function byteBlocks(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= BLOCKS * BLOCK) return bytes;
  const places = spread(Math.floor(bytes.length / BLOCK), BLOCKS);
  return Buffer.concat(places.map((place) => bytes.subarray(place * BLOCK, (place + 1) * BLOCK)));
}

/** Blocks of a text, as UTF-8. */
export function textBlocks(text: string): Uint8Array {
  if (text.length <= BLOCKS * BLOCK) return Buffer.from(text, 'utf8');
  const places = spread(Math.floor(text.length / BLOCK), BLOCKS);
  return Buffer.from(places.map((place) => text.slice(place * BLOCK, (place + 1) * BLOCK)).join(''), 'utf8');
}

/** Sampled columns as text, a column after the other, as a columnar codec meets them. */
export function cellBlocks(columns: readonly (readonly unknown[])[]): Uint8Array {
  const each = Math.floor((BLOCKS * BLOCK) / Math.max(1, columns.length));
  return Buffer.from(columns.map((cells) => textOf(cells, each)).join('\n'), 'utf8');
}

function textOf(cells: readonly unknown[], most: number): string {
  let text = '';
  for (const cell of cells) {
    if (text.length >= most) break;
    text += `${shownCell(cell)}\n`;
  }
  return text.slice(0, most);
}

function shownCell(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  if (cell instanceof Date) return String(cell.getTime());
  return typeof cell === 'object' && cell !== null ? '{}' : String(cell);
}

/** Share of the sample that gzip saves at its fastest, 0 to 1. */
export function compressibilityOf(sample: Uint8Array): number {
  if (sample.length === 0) return 0;
  return Math.max(0, 1 - deflateRawSync(sample, { level: 1 }).length / sample.length);
}
