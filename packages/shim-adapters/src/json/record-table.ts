import { FieldBlock } from '../csv/field-block.js';
import type { ResolvedLimits } from '../limits.js';
import { Losses } from '../losses.js';
import { ColumnTable } from '../table/column-table.js';
import { NESTED } from './cell-kind.js';
import { JsonColumn } from './column/json-column.js';
import { noteRounded } from './exact-integers.js';
import { IRREGULAR, NEW_KEY, RecordScanner } from './record-scanner.js';

export interface RecordOptions {
  readonly limits: ResolvedLimits;
  /** The columns that are wanted; all, if undefined. */
  readonly columns: readonly string[] | undefined;
  /** Whether each record is a line (NDJSON), instead of all being the elements of one array. */
  readonly isLines: boolean;
  /** Called between blocks with the bytes that the columns hold so far. */
  readonly checkpoint: (heldBytes: number) => void;
}

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const LF = 0x0a;
/** Cells of a block: they stay in the processor's cache while they are parsed column by column. */
const BLOCK_CELLS = 16_384;
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads records straight into columns, without an object for each: the cells of a block of records are found, then parsed
 * column by column. It takes what is plainly right, with the result that parsing all of it would have.
 *
 * @param bytes UTF-8, from the first character on
 * @param losses what is lost; nothing is noted unless there is a result
 * @returns undefined for what is left to the parser: no records, other JSON, and whatever is wrong
 */
export function readRecords(
  bytes: Uint8Array,
  losses: Losses,
  options: RecordOptions,
): ColumnTable | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  const ledger = new Losses();
  const reader = new RecordReader(bytes, ledger, options);
  const table = reader.read();
  if (table === undefined) return undefined;
  losses.add(ledger);
  return table;
}

class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #losses: Losses;
  readonly #options: RecordOptions;
  readonly #scanner: RecordScanner;
  readonly #block = new FieldBlock();
  /** By key; undefined for those that are not wanted. */
  readonly #columns: (JsonColumn | undefined)[] = [];
  readonly #wanted: ReadonlySet<string> | undefined;
  #rows = 0;

  constructor(bytes: Uint8Array, losses: Losses, options: RecordOptions) {
    // A view of the plain class: the loops must not see two kinds of byte arrays.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#losses = losses;
    this.#options = options;
    this.#wanted = options.columns === undefined ? undefined : new Set(options.columns);
    this.#scanner = new RecordScanner(this.#bytes, options.limits, options.isLines);
  }

  read(): ColumnTable | undefined {
    try {
      return this.#readAll() ? this.#table() : undefined;
    } catch (error) {
      // What is nested is parsed only when its column is: whoever parses all of it tells where it is wrong.
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #readAll(): boolean {
    const { isLines, limits } = this.#options;
    const scanner = this.#scanner;
    const block = this.#block;
    let at = this.#begin();
    let records = 0;
    if (at < 0) return false;
    this.#reset();
    for (;;) {
      const end = scanner.scan(at, block, records, this.#rows + records);
      if (end === IRREGULAR) return false;
      if (end === NEW_KEY) {
        this.#take(records);
        records = 0;
        if (scanner.keys.length > limits.columns) return false;
        this.#addColumns();
        this.#reset();
        continue;
      }
      records += 1;
      const next = isLines ? this.#nextLine(end) : this.#nextElement(end);
      if (next === IRREGULAR || this.#rows + records > limits.rows) return false;
      if (next === DONE || (records + 1) * Math.max(1, block.width) > BLOCK_CELLS) {
        this.#take(records);
        records = 0;
        if (next === DONE) return true;
        this.#expect(next);
      }
      at = next;
    }
  }

  /** Where the first record begins. */
  #begin(): number {
    const scanner = this.#scanner;
    if (this.#options.isLines) return this.#firstLine(0);
    const open = scanner.space(0);
    return this.#bytes[open] === OPEN ? scanner.space(open + 1) : IRREGULAR;
  }

  #nextElement(end: number): number {
    const scanner = this.#scanner;
    const at = scanner.space(end);
    if (this.#bytes[at] === COMMA) return scanner.space(at + 1);
    if (this.#bytes[at] !== CLOSE) return IRREGULAR;
    return scanner.space(at + 1) === this.#bytes.length ? DONE : IRREGULAR;
  }

  #nextLine(end: number): number {
    const at = this.#scanner.space(end);
    if (at === this.#bytes.length) return DONE;
    return this.#bytes[at] === LF ? this.#firstLine(at + 1) : IRREGULAR;
  }

  /** The first line from `at` on that is not blank. */
  #firstLine(at: number): number {
    let next = this.#scanner.space(at);
    while (this.#bytes[next] === LF) next = this.#scanner.space(next + 1);
    return next === this.#bytes.length ? DONE : next;
  }

  #reset(): void {
    const block = this.#block;
    block.reset(this.#bytes, { record: this.#rows, line: 1, offset: 0 });
    block.width = this.#columns.length;
    while (block.starts.length < Math.max(BLOCK_CELLS, block.width)) block.grow();
  }

  #addColumns(): void {
    const { limits } = this.#options;
    const { keys } = this.#scanner;
    for (let key = this.#columns.length; key < keys.length; key++) {
      const name = keys.nameAt(key);
      const isWanted = this.#wanted?.has(name) !== false;
      this.#columns.push(isWanted ? new JsonColumn(name, this.#rows, limits, this.#losses) : undefined);
    }
  }

  /** Parses the cells of the block. */
  #take(records: number): void {
    this.#columns.forEach((column, position) => {
      if (column === undefined) this.#check(position, records);
      else column.add(this.#block, position, records);
    });
    this.#rows += records;
    this.#options.checkpoint(this.#columns.reduce((sum, column) => sum + (column?.heldBytes ?? 0), 0));
  }

  /** What is nested in a column that is not wanted must be JSON all the same. */
  #check(position: number, records: number): void {
    const { bytes, starts, ends, kinds, width } = this.#block;
    for (let i = position; i < records * width; i += width) {
      if (kinds[i] !== NESTED) continue;
      const start = starts[i] ?? 0;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, (ends[i] ?? 0) - start).toString(
        'utf8',
      );
      JSON.parse(text);
    }
  }

  /** Says how many rows there will be, told by the first block. */
  #expect(at: number): void {
    if (this.#rows > BLOCK_CELLS) return;
    const rows = Math.ceil((this.#rows / at) * this.#bytes.length * 1.02);
    for (const column of this.#columns) column?.expect(rows);
  }

  #table(): ColumnTable | undefined {
    const { keys } = this.#scanner;
    const found = this.#columns.map((_, key) => keys.nameAt(key));
    const names = this.#options.columns ?? found;
    const byName = new Map(found.map((name, key) => [name, this.#columns[key]]));
    const wanted = names.map((name) => byName.get(name));
    // A name that is not there, or there twice, is told by whoever builds the table from values.
    if (wanted.includes(undefined) || new Set(wanted).size < wanted.length) return undefined;
    noteRounded(
      wanted.reduce((sum, column) => sum + (column?.rounded ?? 0), 0),
      this.#losses,
    );
    found.forEach((name, key) => {
      const missing = this.#rows - keys.count(key);
      const message = 'records without this property have null';
      if (missing > 0) this.#losses.noted('missing-as-null', name, message, missing);
    });
    return new ColumnTable(
      wanted.flatMap((column) => (column === undefined ? [] : [column.finish()])),
      this.#rows,
    );
  }
}

/** There are no more records. */
const DONE = -3;
