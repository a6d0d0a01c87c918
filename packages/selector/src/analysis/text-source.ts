import type { DataCharacteristics } from '../characteristics.js';
import { recordsOf } from './analyze.js';
import { compressibilityOf, textBlocks } from './compressibility.js';
import type { RandomAccess } from './random-access.js';
import { SAMPLE_ROWS, spread } from './sample.js';

/** How much of a text is read: its beginning, and blocks spread over the rest. */
const HEAD = 64 * 1024;
const BLOCK = 8 * 1024;
const BLOCKS = 16;

const DELIMITERS = [',', ';', '\t', '|'];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** CSV, JSON and NDJSON, by their beginning and some blocks of the rest. What is no text is told as bytes. */
export async function analyzeText(source: RandomAccess): Promise<DataCharacteristics> {
  const head = textOf(await source.read(0, HEAD)).replace(/^\uFEFF/, '');
  if (head.includes('\0')) return noText(head, source.size);
  const first = head.trimStart()[0];
  if (first === '[') return jsonArray(head, source.size);
  const blocks = [head, ...(await blocksOf(source))];
  if (first === '{') {
    const lines = wholeLines(blocks, source.size <= HEAD);
    const records = lines.flatMap(parsedRecord);
    if (records.length > 0) return withRows(records, lines, source.size, 'ndjson');
    return jsonArray(head, source.size);
  }
  return csv(blocks, source.size);
}

/** A format that nobody here knows, or one of those that are, damaged. */
function noText(head: string, bytes: number): DataCharacteristics {
  return {
    ...recordsOf([], 0),
    bytes,
    compressibility: compressibilityOf(textBlocks(head)),
    sampled: `the beginning of ${String(bytes)} bytes, which are no text`,
  };
}

function csv(blocks: readonly string[], bytes: number): DataCharacteristics {
  const [header = '', ...lines] = wholeLines(blocks, bytes <= HEAD);
  const delimiter = delimiterOf(header);
  const names = fieldsOf(header, delimiter);
  // A line break within quotes cuts a record in two; neither half has as many fields.
  const records = lines.flatMap((line) => {
    const fields = fieldsOf(line, delimiter);
    if (fields.length !== names.length) return [];
    return [Object.fromEntries(names.map((name, i) => [`${String(i)} ${name}`, typedCell(fields[i] ?? '')]))];
  });
  const described = withRows(records, lines, Math.max(0, bytes - header.length - 1), 'csv');
  return { ...described, bytes, columns: header === '' ? 0 : names.length };
}

/** Of records of which some were read: as many as fit into the bytes. */
function withRows(
  records: readonly unknown[],
  lines: readonly string[],
  bytes: number,
  kind: string,
): DataCharacteristics {
  const read = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const rows = read === 0 ? 0 : Math.max(records.length, Math.round((bytes * lines.length) / read));
  const sample = spread(records.length, SAMPLE_ROWS).map((row) => records[row]);
  return {
    ...recordsOf(sample, rows),
    bytes,
    compressibility: compressibilityOf(textBlocks(lines.join('\n'))),
    splittable: rows > 1,
    sampled: `${String(sample.length)} of about ${String(rows)} rows, as ${kind}`,
  };
}

/** The records of an array that are whole in its beginning. It cannot be cut without reading all of it. */
function jsonArray(head: string, bytes: number): DataCharacteristics {
  const texts = topLevelRecords(head);
  const records = texts.flatMap(parsedRecord);
  const read = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  const isWhole = bytes <= HEAD;
  const rows = isWhole || read === 0 ? records.length : Math.round((bytes * records.length) / read);
  const sample = spread(records.length, SAMPLE_ROWS).map((row) => records[row]);
  return {
    ...recordsOf(sample, rows),
    bytes,
    compressibility: compressibilityOf(textBlocks(head)),
    splittable: false,
    sampled: `${String(sample.length)} of about ${String(rows)} rows at its beginning, as json`,
  };
}

/** The objects that begin and end within a text, at the depth of an array's elements or of the text itself. */
function topLevelRecords(text: string): string[] {
  const records: string[] = [];
  let [depth, start] = [0, -1];
  let [quoted, escaped] = [false, false];
  const outer = text.trimStart().startsWith('[') ? 1 : 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (escaped) escaped = false;
    else if (quoted) {
      if (character === '\\') escaped = true;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      if (character === '{' && depth === outer) start = i;
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === outer && start >= 0) {
        records.push(text.slice(start, i + 1));
        start = -1;
      }
    }
  }
  return records;
}

function parsedRecord(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : [];
  } catch {
    return [];
  }
}

async function blocksOf(source: RandomAccess): Promise<string[]> {
  const rest = source.size - HEAD;
  if (rest <= 0) return [];
  const places = spread(Math.max(1, Math.floor(rest / BLOCK)), BLOCKS);
  const blocks: string[] = [];
  for (const place of places) blocks.push(textOf(await source.read(HEAD + place * BLOCK, BLOCK)));
  return blocks;
}

/** The lines that are whole: of a block that begins or ends within one, neither half. */
function wholeLines(blocks: readonly string[], isAll: boolean): string[] {
  return blocks
    .flatMap((block, i) => {
      const lines = block.split(/\r?\n/);
      if (i > 0) lines.shift();
      if (!isAll) lines.pop();
      return lines;
    })
    .filter((line) => line.trim() !== '');
}

function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => fieldsOf(header, delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function fieldsOf(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  fields.push(field);
  return fields;
}

function typedCell(text: string): unknown {
  if (text === '') return null;
  if (NUMBER.test(text)) return Number(text);
  if (!TIME.test(text)) return text;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time;
}

/** Bytes cut anywhere: what is no UTF-8 at the edges becomes a replacement, which no line that is kept has. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
