import type { Losses } from '../losses.js';
import type { ConversionOptions } from '../request.js';
import { readBit } from '../table/bitmap.js';
import { ByteSink } from '../table/byte-sink.js';
import { boolWriter, fixedWriter, type CellWriter, type TextStyle } from '../table/cell-text.js';
import type { DictionaryColumn, TextColumn } from '../table/column.js';
import { flatColumn, type FlatColumn } from '../table/flat-column.js';
import type { ColumnTable } from '../table/column-table.js';
import { SYNTAX_BYTES, resolveDialect } from './dialect.js';
import { noteMetadataLoss, noteRowLoss } from '../table/schema-loss.js';
import { noteTypeLoss } from './type-loss.js';

const QUOTE = 0x22;
const LF = 0x0a;
/** The spellings that the reader takes for a date or timestamp. */
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6}|\.\d{9})?Z?)?$/;
/** What numbers, dates and booleans consist of. */
const VALUE_BYTE = /[\w+.:-]/;
const STYLE: TextStyle = {
  quote: '',
  nonFinite: true,
  wideFloats: false,
  readsTime: (text) => TIME.test(text),
};

/**
 * Writes a table as CSV in UTF-8: lines end with LF, a field is quoted only where it must be, null is the first
 * null token (nothing, by default) and empty text is `""`, so that the two stay apart.
 */
export function writeCsv(table: ColumnTable, losses: Losses, options: ConversionOptions = {}): Uint8Array {
  const dialect = resolveDialect(options);
  noteMetadataLoss(table, losses);
  noteRowLoss(table, losses);
  const delimiter = dialect.delimiter.charCodeAt(0);
  const tokens = dialect.nullTokens.map((token) => Buffer.from(token, 'utf8'));
  const nullText = tokens[0] ?? Buffer.alloc(0);
  const sink = new ByteSink(table.length * table.columns.length * 10);
  const context: CellContext = { separator: dialect.delimiter, delimiter, tokens, losses };

  // A column without a name is quoted: a blank line would not be taken for the header.
  const headerContext: CellContext = { ...context, tokens: [Buffer.alloc(0)] };
  if (dialect.header) {
    table.names.forEach((name, i) => {
      if (i > 0) sink.byte(delimiter);
      const bytes = Buffer.from(name, 'utf8');
      writeText(sink, bytes, 0, bytes.length, headerContext);
    });
    sink.byte(LF);
  }
  const writers = table.columns.map((column) => {
    const flat = flatColumn(column, 'utf8', losses);
    if (flat === column) noteTypeLoss(flat, losses);
    return cellWriter(flat, nullText, context);
  });
  for (let row = 0; row < table.length; row++) {
    for (let i = 0; i < writers.length; i++) {
      if (i > 0) sink.byte(delimiter);
      writers[i]?.(sink, row);
    }
    sink.byte(LF);
  }
  losses.total(table.length * table.columns.length);
  return sink.finish();
}

interface CellContext {
  readonly separator: string;
  readonly delimiter: number;
  readonly tokens: readonly Uint8Array[];
  readonly losses: Losses;
}

function cellWriter(column: FlatColumn, nullText: Uint8Array, context: CellContext): CellWriter {
  const present = guarded(column, presentWriter(column, nullText, context), context);
  const { validity } = column;
  if (validity === undefined) return present;
  return (sink, index) => {
    if (readBit(validity, index)) present(sink, index);
    else sink.bytes(nullText);
  };
}

/** Numbers, dates and booleans are quoted where they have the delimiter in them or read like a null token. */
function guarded(column: FlatColumn, present: CellWriter, context: CellContext): CellWriter {
  const plain = column.layout === 'fixed' || column.layout === 'bits';
  const safe = context.tokens.every(({ length }) => length === 0) && !VALUE_BYTE.test(context.separator);
  if (!plain || safe) return present;
  return (sink, index) => {
    const start = sink.length;
    present(sink, index);
    const written = sink.since(start);
    if (needsQuotes(written, 0, written.length, context)) sink.enclose(start, QUOTE);
  };
}

function presentWriter(column: FlatColumn, nullText: Uint8Array, context: CellContext): CellWriter {
  switch (column.layout) {
    case 'null':
      return (sink) => {
        sink.bytes(nullText);
      };
    case 'bits':
      return boolWriter(column);
    case 'fixed':
      return fixedWriter(column, STYLE, context.losses);
    case 'text': {
      const write = column.field.type === 'json' ? jsonText(column.field.name) : writeText;
      return (sink, index) => {
        write(sink, column.bytes, column.offsets[index] ?? 0, column.offsets[index + 1] ?? 0, context);
      };
    }
    case 'dictionary': {
      if (column.field.type === 'json') return jsonEntries(column, context);
      const cells = encodedEntries(column.dictionary, context);
      return (sink, index) => {
        const cell = cells[column.indices[index] ?? 0];
        if (cell !== undefined) sink.bytes(cell);
      };
    }
  }
}

/** Every entry of a dictionary in its final form, quoted once instead of once a row. */
function encodedEntries(dictionary: TextColumn, context: CellContext): Uint8Array[] {
  return Array.from({ length: dictionary.length }, (_, i) => {
    const sink = new ByteSink(32);
    writeText(sink, dictionary.bytes, dictionary.offsets[i] ?? 0, dictionary.offsets[i + 1] ?? 0, context);
    return sink.finish();
  });
}

/** JSON cells are counted as they are written, so their entries are not prepared. */
function jsonEntries({ field, dictionary, indices }: DictionaryColumn, context: CellContext): CellWriter {
  const write = jsonText(field.name);
  return (sink, index) => {
    const entry = indices[index] ?? 0;
    write(
      sink,
      dictionary.bytes,
      dictionary.offsets[entry] ?? 0,
      dictionary.offsets[entry + 1] ?? 0,
      context,
    );
  };
}

/** A JSON string is written as its text; any other JSON value as JSON, which comes back as text. */
function jsonText(column: string): typeof writeText {
  return (sink, bytes, start, end, context) => {
    if (bytes[start] !== QUOTE) {
      context.losses.lost('json-as-text', column, 'CSV has no nested values; they come back as JSON text');
      writeText(sink, bytes, start, end, context);
      return;
    }
    const text: unknown = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString('utf8'));
    const plain = Buffer.from(String(text), 'utf8');
    writeText(sink, plain, 0, plain.length, context);
  };
}

function writeText(
  sink: ByteSink,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CellContext,
): void {
  if (!needsQuotes(bytes, start, end, context)) {
    sink.bytes(bytes, start, end);
    return;
  }
  sink.byte(QUOTE);
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) sink.byte(QUOTE);
    sink.byte(byte);
  }
  sink.byte(QUOTE);
}

function needsQuotes(
  bytes: Uint8Array,
  start: number,
  end: number,
  { delimiter, tokens }: CellContext,
): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (SYNTAX_BYTES[byte] === 1 || byte === delimiter) return true;
  }
  return tokens.some(
    (token) => token.length === end - start && token.every((byte, i) => byte === bytes[start + i]),
  );
}
