/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Aligned to the right, as numbers are. */
  readonly right?: boolean;
  /** Cut with an ellipsis where the table would be too wide. */
  readonly flexible?: boolean;
}

const GAP = '  ';
const NARROWEST = 8;
const BARS = Array.from('▁▂▃▄▅▆▇█');
/** A series that moves less than this stays flat: noise must not look like mountains. */
const LEAST_RANGE = 0.05;

/**
 * Aligned lines with a heading. Where they exceed `width`, flexible columns are cut, down to eight characters; then columns are
 * left out, the last one first.
 */
export function drawTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  let shown = columns.map((column) => {
    const cells = rows.map((row) => oneLine(column.cell(row)));
    return { ...column, cells, width: Math.max(...[column.title, ...cells].map(lengthOf)) };
  });
  const total = (): number => shown.reduce((sum, { width: own }) => sum + own + GAP.length, -GAP.length);
  for (const column of shown) {
    if (column.flexible !== true) continue;
    column.width = Math.min(column.width, Math.max(NARROWEST, column.width - (total() - width)));
  }
  while (shown.length > 1 && total() > width) shown = shown.slice(0, -1);
  const line = (pick: (column: (typeof shown)[number]) => string): string =>
    shown
      .map((column) => fitted(pick(column), column.width, column.right === true))
      .join(GAP)
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((_, i) => line(({ cells }) => cells[i] ?? ''))];
}

/**
 * A series as a row of little bars, from its smallest value to its largest; a series longer than `width` is averaged
 * over stretches of equal length.
 */
export function sparkline(values: readonly number[], width: number = Infinity): string {
  const shown = values.length > width ? averaged(values, width) : values;
  const finite = shown.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.max(Math.max(...finite) - low, Math.abs(low) * LEAST_RANGE);
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const level = range > 0 ? Math.round(((value - low) / range) * (BARS.length - 1)) : 0;
      return BARS[level] ?? ' ';
    })
    .join('');
}

function averaged(values: readonly number[], width: number): number[] {
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const stretch = values.slice(from, Math.floor(((i + 1) * values.length) / width));
    return stretch.reduce((sum, value) => sum + value, 0) / stretch.length;
  });
}

/** Text broken between words into lines of at most `width`, all but the first indented. A longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && lengthOf(longer) > width) {
      lines.push(line);
      line = `    ${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function fitted(text: string, width: number, right: boolean): string {
  const letters = Array.from(text);
  const cut = letters.length > width ? `${letters.slice(0, width - 1).join('')}…` : text;
  const pad = ' '.repeat(width - lengthOf(cut));
  return right ? pad + cut : cut + pad;
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
