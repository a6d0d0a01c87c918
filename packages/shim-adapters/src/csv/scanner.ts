/**
 * Finds the fields of a CSV text (RFC 4180) in its UTF-8 bytes, without decoding any. Every syntax character is
 * ASCII and no byte of a multi-byte character is, so bytes can be compared directly.
 *
 * Beyond the RFC: LF, CRLF and CR end a line; a quote inside an unquoted field is an ordinary character; a quoted
 * field may be followed only by a delimiter or the end of the line.
 */
import { ConversionError } from '../errors.js';
import { beyondLimit, DEFAULT_LIMITS, type ResolvedLimits } from '../limits.js';
import { ESCAPED, NULL, PLAIN, QUOTED, type FieldBlock } from './field-block.js';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

export interface ScanOptions {
  readonly delimiter: number;
  /** Skip blank lines before the first record: with a header line, none of them can be a value. */
  readonly skipLeadingBlank: boolean;
  /** Whether a field without a byte, not quoted, is null. */
  readonly emptyIsNull: boolean;
  /** Byte offset in the source of the first byte that is scanned (after a byte order mark). */
  readonly offset?: number;
  readonly limits?: ResolvedLimits;
}

/** Scans a text piece by piece, in order; knows the line and offset it has come to. */
export class Scanner {
  readonly #options: ScanOptions;
  readonly #limits: ResolvedLimits;
  #width = 0;
  #records = 0;
  #line = 1;
  #offset: number;
  #closedEscaped = false;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#offset = options.offset ?? 0;
  }

  /** Bytes of the source that lie before what is scanned next. */
  get offset(): number {
    return this.#offset;
  }

  get records(): number {
    return this.#records;
  }

  /**
   * Puts the whole records at the start of `bytes` into the block, and gives their length in bytes. What follows them
   * belongs to the next piece, unless `final`.
   * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` or `..._TOO_LARGE` with line and byte offset
   */
  scan(block: FieldBlock, bytes: Uint8Array, final: boolean, maxRecords: number = Infinity): number {
    const { delimiter, emptyIsNull, skipLeadingBlank } = this.#options;
    const { columns: maxColumns, fieldBytes } = this.#limits;
    const end = bytes.length;
    // Most bytes of most texts are above every syntax character: one comparison passes them.
    const high = Math.max(delimiter, CR);
    const empty = emptyIsNull ? NULL : PLAIN;
    block.reset(bytes, { record: this.#records, line: this.#line, offset: this.#offset });
    let { starts, ends, kinds } = block;
    let capacity = starts.length;
    let width = this.#width;
    let count = 0;
    let records = 0;
    let at = 0;

    scanning: while (at < end && records < maxRecords) {
      const recordStart = at;
      const recordLine = this.#line;
      const first = count;
      for (let more = true; more;) {
        if (count === capacity) {
          block.grow();
          ({ starts, ends, kinds } = block);
          capacity = starts.length;
        }
        let kind = PLAIN;
        let start = at;
        let stop: number;
        if (at < end && bytes[at] === QUOTE) {
          const openedLine = this.#line;
          start = at + 1;
          stop = this.#closingQuote(bytes, start, end, final);
          if (stop < 0) {
            if (final) throw this.#bad('a quoted field is never closed', openedLine, start - 1);
            if (end - start > fieldBytes) throw this.#tooLong(recordLine, start);
            count = first;
            at = recordStart;
            this.#line = recordLine;
            break scanning;
          }
          kind = this.#closedEscaped ? ESCAPED : QUOTED;
          at = stop + 1;
          const next = at < end ? bytes[at] : LF;
          if (next !== delimiter && next !== LF && next !== CR) {
            const what = 'text follows a closing quote; quotes inside a quoted field must be doubled';
            throw this.#bad(what, this.#line, at);
          }
        } else {
          while (at < end) {
            const byte = bytes[at] ?? 0;
            if (byte <= high && (byte === delimiter || byte === LF || byte === CR)) break;
            at += 1;
          }
          stop = at;
          if (start === stop) kind = empty;
        }
        if (stop - start > fieldBytes) throw this.#tooLong(recordLine, start);
        const byte = at < end ? (bytes[at] ?? 0) : -1;
        // Whether a CR at the end of a piece has an LF behind it, the next piece tells.
        if (
          !final &&
          (byte < 0 || (byte === CR && at + 1 === end) || (byte === delimiter && at + 1 === end))
        ) {
          count = first;
          at = recordStart;
          this.#line = recordLine;
          break scanning;
        }
        starts[count] = start;
        ends[count] = stop;
        kinds[count] = kind;
        count += 1;
        if (width === 0 && count - first > maxColumns) {
          throw beyondLimit(
            `CSV line ${String(recordLine)} has more columns than the limit`,
            'columns',
            maxColumns,
          );
        }
        // A delimiter at the very end of the text opens one more, empty, field.
        more = byte === delimiter;
        if (more || byte === LF) at += 1;
        else if (byte === CR) at += bytes[at + 1] === LF ? 2 : 1;
      }
      this.#line += 1;
      const fields = count - first;
      const kind = kinds[first] ?? PLAIN;
      const blank = fields === 1 && starts[first] === ends[first] && (kind === PLAIN || kind === NULL);
      const expected = width === 0 ? fields : width;
      if (blank && (expected !== 1 || (width === 0 && skipLeadingBlank))) {
        // A blank line between records carries nothing.
        count = first;
        continue;
      }
      if (fields !== expected) {
        const message = `the line has ${counted(fields)}, the first line has ${String(expected)}`;
        throw this.#bad(message, recordLine, recordStart);
      }
      width = expected;
      records += 1;
    }
    this.#width = width;
    this.#records += records;
    this.#offset += at;
    if (this.#records > this.#limits.rows) {
      throw beyondLimit('the CSV has more rows than the limit', 'rows', this.#limits.rows);
    }
    block.width = width;
    block.records = records;
    return at;
  }

  /** The quote that ends the field which begins at `from`, or -1. Counts the lines in between. */
  #closingQuote(bytes: Uint8Array, from: number, end: number, final: boolean): number {
    this.#closedEscaped = false;
    for (let at = from; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte > QUOTE) continue;
      if (byte === QUOTE) {
        if (at + 1 === end && !final) return -1;
        if (at + 1 === end || bytes[at + 1] !== QUOTE) return at;
        this.#closedEscaped = true;
        at += 1;
      } else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
        this.#line += 1;
      }
    }
    return -1;
  }

  #bad(what: string, line: number, at: number): ConversionError {
    const offset = this.#offset + at;
    return new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `CSV line ${String(line)} (byte ${String(offset)}): ${what}`,
      { position: { line, offset } },
    );
  }

  #tooLong(line: number, at: number): ConversionError {
    const offset = this.#offset + at;
    const what = `a field in CSV line ${String(line)} (byte ${String(offset)}) has more bytes than the limit`;
    return beyondLimit(what, 'fieldBytes', this.#limits.fieldBytes, { line, offset });
  }
}

function counted(fields: number): string {
  return fields === 1 ? '1 field' : `${String(fields)} fields`;
}
