import type { Losses } from '../losses.js';

/** What makes a spreadsheet run a cell: `=`, `+`, `-`, `@`, tab and carriage return (OWASP, "CSV Injection"). */
const STARTERS: ReadonlySet<number> = new Set([0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d]);
const APOSTROPHE = 0x27;

/** Text that a spreadsheet would run, written with a `'` in front, and how often that was needed in one column. */
export class FormulaGuard {
  readonly #column: string;
  #count = 0;

  constructor(column: string) {
    this.#column = column;
  }

  static isFormula(bytes: Uint8Array, start: number, end: number): boolean {
    return end > start && STARTERS.has(bytes[start] ?? 0);
  }

  static escaped(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const out = new Uint8Array(end - start + 1);
    out[0] = APOSTROPHE;
    out.set(bytes.subarray(start, end), 1);
    return out;
  }

  count(): void {
    this.#count += 1;
  }

  report(losses: Losses): void {
    if (this.#count === 0) return;
    const message = "text that a spreadsheet would run got a ' in front";
    losses.lost('formula-escaped', this.#column, message, this.#count);
    this.#count = 0;
  }
}
