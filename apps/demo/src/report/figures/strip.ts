import { circle, FRAME, line, linear, svg, text, ticks } from './drawing.js';

/** One event of a sequence, on one of several levels. */
export interface Mark {
  readonly at: number;
  readonly level: string;
  readonly className: string;
  /** Its area follows this. */
  readonly weight: number;
  readonly tip: string;
}

const ROW = 32;
const SMALLEST = 2.5;
const LARGEST = 12;

/** What happened one after the other, each on the level that it belongs to. */
export function strip(
  title: string,
  levels: readonly string[],
  marks: readonly Mark[],
  xLabel: string,
): string {
  const { width, left, right, top } = FRAME;
  const bottom = top + levels.length * ROW;
  const last = Math.max(1, ...marks.map((mark) => mark.at));
  const heaviest = Math.max(1e-9, ...marks.map(({ weight }) => weight));
  const x = linear([0, last], [left, width - right]);
  const y = (level: string): number => top + levels.indexOf(level) * ROW + ROW / 2;
  return svg({ width, height: bottom + 44 }, title, [
    ...levels.flatMap((level) => [
      line(left, y(level), width - right, y(level)),
      text(left - 10, y(level) + 4, level, { anchor: 'end' }),
    ]),
    ...ticks(last).map((tick) =>
      text(x(tick), bottom + 18, String(tick), { anchor: 'middle', className: 'tick' }),
    ),
    text((left + width - right) / 2, bottom + 38, xLabel, { anchor: 'middle', className: 'axis' }),
    ...marks.map(({ at, level, className, weight, tip }) =>
      circle(x(at), y(level), Math.max(SMALLEST, LARGEST * Math.sqrt(weight / heaviest)), className, tip),
    ),
  ]);
}
