import type { ResolvedLimits } from '../limits.js';
import type { ConversionOptions } from '../request.js';
import type { Dialect } from './dialect.js';
import { FieldBlock, NULL, PLAIN } from './field-block.js';
import { Scanner } from './scanner.js';

/** Bytes of a block: with the places of its fields it fits the second-level cache of most processors. */
const BLOCK_BYTES = 256 * 1024;

/** Sees the records `first..last` of a block; `done` bytes of the text lie before what follows. */
export type BlockVisitor = (block: FieldBlock, first: number, last: number, done: number) => void;

/** The part of a text's records that is wanted, the header apart, and how they are found. */
export class RecordWindow {
  readonly limit: number;
  readonly #dialect: Dialect;
  readonly #limits: ResolvedLimits;
  readonly #first: number;
  readonly #end: number;
  readonly #tokens: readonly Uint8Array[];

  constructor(dialect: Dialect, limits: ResolvedLimits, { offset = 0, limit = Infinity }: ConversionOptions) {
    this.limit = limit;
    this.#dialect = dialect;
    this.#limits = limits;
    this.#first = offset + (dialect.header ? 1 : 0);
    this.#end = this.#first + limit;
    this.#tokens = dialect.nullTokens
      .filter((token) => token !== '')
      .map((token) => Buffer.from(token, 'utf8'));
  }

  /** A scanner for the whole text, which begins at byte `offset` of the source. */
  scanner(offset: number): Scanner {
    const { delimiter, header, nullTokens } = this.#dialect;
    return new Scanner({
      delimiter: delimiter.charCodeAt(0),
      skipLeadingBlank: header,
      emptyIsNull: nullTokens.includes(''),
      offset,
      limits: this.#limits,
    });
  }

  /** Whether no record that follows is wanted. */
  isPast(scanner: Scanner): boolean {
    return scanner.records >= this.#end;
  }

  /** Scans the next whole records into the block and marks their nulls; gives the bytes they take. */
  scan(scanner: Scanner, block: FieldBlock, bytes: Uint8Array, final: boolean): number {
    const used = scanner.scan(block, bytes, final, this.#end - scanner.records);
    if (this.#tokens.length > 0) markNulls(block, this.#tokens);
    return used;
  }

  /** Which records of the block are wanted. */
  range({ origin, records }: FieldBlock): [first: number, last: number] {
    const clamp = (record: number): number => Math.min(records, Math.max(0, record - origin.record));
    return [clamp(this.#first), clamp(this.#end)];
  }

  /** Visits all records of a whole text block by block. */
  each(text: Uint8Array, offset: number, visit: BlockVisitor): void {
    const scanner = this.scanner(offset);
    const block = new FieldBlock();
    let size = BLOCK_BYTES;
    for (let at = 0; at < text.length && !this.isPast(scanner);) {
      const end = Math.min(text.length, at + size);
      const used = this.scan(scanner, block, text.subarray(at, end), end === text.length);
      // A record that is longer than the block takes a larger one.
      size = used === 0 ? size * 2 : BLOCK_BYTES;
      at += used;
      if (block.records > 0) visit(block, ...this.range(block), at);
    }
  }
}

/** Marks the fields that are one of the null tokens, as they stand unquoted. */
function markNulls(
  { bytes, starts, ends, kinds, records, width }: FieldBlock,
  tokens: readonly Uint8Array[],
): void {
  const fields = records * width;
  for (let i = 0; i < fields; i++) {
    if (kinds[i] !== PLAIN) continue;
    const start = starts[i] ?? 0;
    const length = (ends[i] ?? 0) - start;
    for (const token of tokens) {
      if (token.length === length && token.every((byte, at) => byte === bytes[start + at])) kinds[i] = NULL;
    }
  }
}
