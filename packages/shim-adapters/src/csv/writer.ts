import type { Allocate } from '../allocation.js';
import type { EncodedPiece, StreamContext } from '../define-adapter.js';
import type { Losses } from '../losses.js';
import type { AnyRequest, ConversionOptions } from '../request.js';
import { readBit } from '../table/bitmap.js';
import { ByteSink } from '../table/byte-sink.js';
import { boolWriter, fixedWriter, type CellWriter, type TextStyle } from '../table/cell-text.js';
import type { DictionaryColumn } from '../table/column.js';
import { flatColumn, type FlatColumn } from '../table/flat-column.js';
import type { ColumnTable } from '../table/column-table.js';
import { SYNTAX_BYTES, resolveDialect } from './dialect.js';
import { TextRuns } from '../table/text-runs.js';
import { noteMetadataLoss, noteRowLoss } from '../table/schema-loss.js';
import { FormulaGuard } from './formula-guard.js';
import { noteTypeLoss } from './type-loss.js';

const QUOTE = 0x22;
const LF = 0x0a;
/** What numbers, dates and booleans consist of. */
const VALUE_BYTE = /[\w+.:-]/;
const STYLE: TextStyle = {
  quote: '',
  nonFinite: true,
  wideFloats: false,
  readsTimes: true,
};

/**
 * Writes a table as CSV in UTF-8: lines end with LF, a field is quoted only where it must be, null is the first
 * null token (nothing, by default) and empty text is `""`, so that the two stay apart.
 */
export function writeCsv(
  table: ColumnTable,
  losses: Losses,
  options: ConversionOptions = {},
  allocate?: Allocate,
): Uint8Array {
  const writer = new CsvWriter(losses, options);
  const sink = new ByteSink(table.length * table.columns.length * 10, allocate);
  writer.header(table, sink);
  writer.rows(table, sink);
  return sink.finish();
}

/** Writes tables as they come: all pieces together are what `writeCsv` makes of all tables together. */
export async function* encodeCsv(
  tables: AsyncIterable<ColumnTable>,
  { options = {} }: AnyRequest,
  { losses, checkpoint }: StreamContext,
): AsyncGenerator<EncodedPiece, void> {
  const writer = new CsvWriter(losses, options);
  let first = true;
  for await (const table of tables) {
    checkpoint();
    const sink = new ByteSink(table.length * table.columns.length * 10);
    if (first) writer.header(table, sink);
    first = false;
    writer.rows(table, sink);
    if (sink.length > 0) yield { data: sink.finish(), rows: table.length };
  }
}

class CsvWriter {
  readonly #losses: Losses;
  readonly #hasHeader: boolean;
  readonly #nullText: Uint8Array;
  readonly #context: CellContext;

  constructor(losses: Losses, options: ConversionOptions) {
    const { delimiter: separator, header, nullTokens } = resolveDialect(options);
    const tokens = nullTokens.map((token) => Buffer.from(token, 'utf8'));
    this.#losses = losses;
    this.#hasHeader = header;
    this.#nullText = tokens[0] ?? Buffer.alloc(0);
    this.#context = {
      separator,
      delimiter: separator.charCodeAt(0),
      tokens,
      longestToken: Math.max(0, ...tokens.map(({ length }) => length)),
      losses,
      escapes: options.escapeFormulas ?? false,
    };
  }

  header(table: ColumnTable, sink: ByteSink): void {
    noteMetadataLoss(table, this.#losses);
    if (!this.#hasHeader) return;
    // A column without a name is quoted: a blank line would not be taken for the header.
    const context: CellContext = { ...this.#context, tokens: [Buffer.alloc(0)], longestToken: 0 };
    table.names.forEach((name, i) => {
      if (i > 0) sink.byte(context.delimiter);
      const bytes = Buffer.from(name, 'utf8');
      const guard = new FormulaGuard(name);
      textWriter(guard, context)(sink, TextRuns.of(bytes), 0, bytes.length, context);
      guard.report(this.#losses);
    });
    sink.byte(LF);
  }

  rows(table: ColumnTable, sink: ByteSink): void {
    const losses = this.#losses;
    const { delimiter } = this.#context;
    noteRowLoss(table, losses);
    const guards = table.names.map((name) => new FormulaGuard(name));
    const writers = table.columns.map((column, i) => {
      const flat = flatColumn(column, 'utf8', losses);
      if (flat === column) noteTypeLoss(flat, losses);
      return cellWriter(
        flat,
        this.#nullText,
        this.#context,
        guards[i] ?? new FormulaGuard(column.field.name),
      );
    });
    for (let row = 0; row < table.length; row++) {
      for (let i = 0; i < writers.length; i++) {
        if (i > 0) sink.byte(delimiter);
        writers[i]?.(sink, row);
      }
      sink.byte(LF);
    }
    for (const guard of guards) guard.report(losses);
    losses.total(table.length * table.columns.length);
  }
}

interface CellContext {
  readonly separator: string;
  readonly delimiter: number;
  readonly tokens: readonly Uint8Array[];
  readonly longestToken: number;
  readonly losses: Losses;
  /** Whether text that a spreadsheet would run is made harmless. */
  readonly escapes: boolean;
}

function cellWriter(
  column: FlatColumn,
  nullText: Uint8Array,
  context: CellContext,
  guard: FormulaGuard,
): CellWriter {
  const present = guarded(column, presentWriter(column, nullText, context, guard), context);
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

function presentWriter(
  column: FlatColumn,
  nullText: Uint8Array,
  context: CellContext,
  guard: FormulaGuard,
): CellWriter {
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
      const { offsets } = column;
      const runs = new TextRuns(column);
      const text = textWriter(guard, context);
      const write = column.field.type === 'json' ? jsonText(column.field.name, text) : text;
      return (sink, index) => {
        write(sink, runs, offsets[index] ?? 0, offsets[index + 1] ?? 0, context);
      };
    }
    case 'dictionary': {
      if (column.field.type === 'json') return jsonEntries(column, context, guard);
      return entryWriter(column, context, guard);
    }
  }
}

/** Every entry of a dictionary is brought into its final form once, instead of once a row. */
function entryWriter(
  { dictionary: { bytes, offsets, length }, indices }: DictionaryColumn,
  context: CellContext,
  guard: FormulaGuard,
): CellWriter {
  const scratch = new FormulaGuard('');
  const runs = new TextRuns({ bytes });
  const all = new ByteSink(bytes.length);
  const ends = new Int32Array(length + 1);
  const isEscaped = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const [start, end] = [offsets[i] ?? 0, offsets[i + 1] ?? 0];
    textWriter(scratch, context)(all, runs, start, end, context);
    ends[i + 1] = all.length;
    if (context.escapes && FormulaGuard.isFormula(bytes, start, end)) isEscaped[i] = 1;
  }
  const cells = TextRuns.of(all.finish());
  return (sink, index) => {
    const entry = indices[index] ?? 0;
    if (isEscaped[entry] === 1) guard.count();
    cells.write(sink, ends[entry] ?? 0, ends[entry + 1] ?? 0);
  };
}

/** JSON cells are counted as they are written, so their entries are not prepared. */
function jsonEntries(
  { field, dictionary, indices }: DictionaryColumn,
  context: CellContext,
  guard: FormulaGuard,
): CellWriter {
  const write = jsonText(field.name, textWriter(guard, context));
  const runs = new TextRuns(dictionary);
  return (sink, index) => {
    const entry = indices[index] ?? 0;
    write(sink, runs, dictionary.offsets[entry] ?? 0, dictionary.offsets[entry + 1] ?? 0, context);
  };
}

/** A JSON string is written as its text; any other JSON value as JSON, which comes back as text. */
function jsonText(column: string, write: typeof writeText): typeof writeText {
  return (sink, runs, start, end, context) => {
    const { bytes } = runs;
    if (bytes[start] !== QUOTE) {
      context.losses.lost('json-as-text', column, 'CSV has no nested values; they come back as JSON text');
      writeText(sink, runs, start, end, context);
      return;
    }
    const text: unknown = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString('utf8'));
    const plain = Buffer.from(String(text), 'utf8');
    write(sink, TextRuns.of(plain), 0, plain.length, context);
  };
}

function textWriter(guard: FormulaGuard, { escapes }: CellContext): typeof writeText {
  if (!escapes) return writeText;
  return (sink, runs, start, end, context) => {
    const { bytes } = runs;
    if (!FormulaGuard.isFormula(bytes, start, end)) {
      writeText(sink, runs, start, end, context);
      return;
    }
    guard.count();
    const harmless = FormulaGuard.escaped(bytes, start, end);
    writeText(sink, TextRuns.of(harmless), 0, harmless.length, context);
  };
}

function writeText(sink: ByteSink, runs: TextRuns, start: number, end: number, context: CellContext): void {
  const { bytes } = runs;
  if (!needsQuotes(bytes, start, end, context)) {
    runs.write(sink, start, end);
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
  { delimiter, tokens, longestToken }: CellContext,
): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (SYNTAX_BYTES[byte] === 1 || byte === delimiter) return true;
  }
  if (end - start > longestToken) return false;
  return tokens.some(
    (token) => token.length === end - start && token.every((byte, i) => byte === bytes[start + i]),
  );
}
