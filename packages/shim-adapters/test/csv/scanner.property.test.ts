import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConversionError } from '../../src/errors.js';
import { FieldBlock, PLAIN } from '../../src/csv/field-block.js';
import { Scanner } from '../../src/csv/scanner.js';

type Cell = { text: string; quoted: boolean };

/** A parser written for plainness: characters, strings, one state; undefined for text that it refuses. */
function reference(text: string, delimiter: string): Cell[][] | undefined {
  const records: Cell[][] = [];
  let rest = text;
  while (rest !== '') {
    const record: Cell[] = [];
    for (;;) {
      const field = /^"((?:[^"]|"")*)"(?!")|^(?!")[^\r\n]*/.exec(rest);
      if (field === null) return undefined;
      const quoted = field[1] !== undefined;
      const plain = field[0].split(delimiter)[0] ?? '';
      record.push({ text: field[1]?.replaceAll('""', '"') ?? plain, quoted });
      rest = rest.slice(quoted ? field[0].length : plain.length);
      if (!rest.startsWith(delimiter)) break;
      rest = rest.slice(1);
    }
    const end = /^(?:\r\n|\r|\n|$)/.exec(rest);
    if (end === null) return undefined;
    rest = rest.slice(end[0].length);
    const blank = record.length === 1 && record[0]?.text === '' && !record[0].quoted;
    const width = records[0]?.length ?? record.length;
    if (blank && width !== 1) continue;
    if (record.length !== width) return undefined;
    records.push(record);
  }
  return records;
}

/** What the scanner finds when the text comes in pieces of so many bytes. */
function scanned(text: string, delimiter: string, pieceBytes = Infinity): Cell[][] | undefined {
  try {
    const bytes = new Uint8Array(Buffer.from(text, 'utf8'));
    const scanner = new Scanner({
      delimiter: delimiter.charCodeAt(0),
      skipLeadingBlank: false,
      emptyIsNull: false,
    });
    const block = new FieldBlock();
    const records: Cell[][] = [];
    let end = Math.min(bytes.length, pieceBytes);
    for (let at = 0; at < bytes.length;) {
      const used = scanner.scan(block, bytes.subarray(at, end), end === bytes.length);
      expect(block.origin.record).toBe(records.length);
      for (let record = 0; record < block.records; record++) {
        records.push(Array.from({ length: block.width }, (_, i) => cellOf(block, record * block.width + i)));
      }
      at += used;
      end = Math.min(bytes.length, end + pieceBytes);
    }
    expect(scanner.records).toBe(records.length);
    return records;
  } catch (error) {
    if (error instanceof ConversionError && error.code === 'ERR_PERF_CONVERT_BAD_INPUT') return undefined;
    throw error;
  }
}

function cellOf(block: FieldBlock, field: number): Cell {
  return { text: block.text(field), quoted: block.kinds[field] !== PLAIN };
}

const delimiter = fc.constantFrom(',', ';', '\t', ':');

test('any text is read, or refused, just as the plain parser does', () => {
  const piece = fc.constantFrom('"', '""', ',', ';', '\n', '\r', '\r\n', 'a', 'é', '😀', ' ', ':', '\t');
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, delimiter, fc.integer({ min: 1, max: 9 }), (given, separator, pieceBytes) => {
      const expected = reference(given, separator);
      expect(scanned(given, separator)).toEqual(expected);
      expect(scanned(given, separator, pieceBytes)).toEqual(expected);
    }),
    { numRuns: 8000 },
  );
});

test('well-formed records are read as they were written', () => {
  const cell = fc.record({ text: fc.string({ unit: 'binary' }), quoted: fc.boolean() });
  const records = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.constantFrom('\n', '\r\n', '\r'), delimiter)
    .chain(([width, lineBreak, separator]) =>
      fc
        .array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 })
        .map((rows) => ({ rows, lineBreak, separator })),
    );
  fc.assert(
    fc.property(records, ({ rows, lineBreak, separator }) => {
      const expected = rows.map((row) =>
        row.map(({ text, quoted }): Cell => ({ text, quoted: quoted || /[",;:\t\r\n]/.test(text) })),
      );
      const written = expected
        .map((row) =>
          row.map(({ text, quoted }) => (quoted ? `"${text.replaceAll('"', '""')}"` : text)).join(separator),
        )
        .join(lineBreak);
      expect(scanned(written, separator)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
