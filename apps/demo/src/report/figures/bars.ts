import { FRAME, line, linear, rect, svg, text, ticks } from './drawing.js';

/** One bar, of one part or of several in a row. */
export interface Bar {
  readonly label: string;
  readonly parts: readonly { readonly value: number; readonly className: string; readonly name: string }[];
  /** What is written at its end. */
  readonly note: string;
}

const ROW = 34;
const THICK = 20;
const NOTE = 96;

/** Horizontal bars, from nothing on. */
export function bars(title: string, all: readonly Bar[], shown: (value: number) => string): string {
  const { width, left, right, top } = FRAME;
  const bottom = top + all.length * ROW;
  const most = Math.max(1e-9, ...all.map(sum));
  const scale = linear([0, most], [left, width - right - NOTE]);
  const axis = ticks(most).flatMap((tick) => [
    line(scale(tick), top, scale(tick), bottom),
    text(scale(tick), bottom + 18, shown(tick), { anchor: 'middle', className: 'tick' }),
  ]);
  const rows = all.flatMap((bar, i) => {
    const y = top + i * ROW + (ROW - THICK) / 2;
    let before = 0;
    const parts = bar.parts.map(({ value, className, name }) => {
      const part = rect(
        scale(before),
        y,
        scale(before + value) - scale(before),
        THICK,
        className,
        `${name}: ${shown(value)}`,
      );
      before += value;
      return part;
    });
    return [
      text(left - 10, y + 14, bar.label, { anchor: 'end' }),
      ...parts,
      text(scale(before) + 8, y + 14, bar.note, { className: 'note' }),
    ];
  });
  return svg({ width, height: bottom + 30 }, title, [...axis, ...rows]);
}

function sum({ parts }: Bar): number {
  return parts.reduce((total, { value }) => total + value, 0);
}
