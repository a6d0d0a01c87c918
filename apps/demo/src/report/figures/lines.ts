import { FRAME, line, linear, logarithmic, polyline, svg, text, ticks } from './drawing.js';

export interface Line {
  readonly label: string;
  readonly className: string;
  readonly points: readonly (readonly [number, number])[];
}

/** What the axes say. */
export interface Axes {
  readonly x: string;
  readonly y: string;
  /** `true`: the x axis in powers of ten. */
  readonly logarithmic?: boolean;
  /** Where the names of the lines stand: above to the left, or below to the right, wherever the lines are not. */
  readonly names: 'above' | 'below';
  readonly shownX: (value: number) => string;
  readonly shownY: (value: number) => string;
}

const LEFT = 64;
const ROW = 18;

/** Lines over one pair of axes, with their names above. */
export function lines(title: string, all: readonly Line[], axes: Axes): string {
  const { width, height, right, bottom } = FRAME;
  const top = 40;
  const xs = all.flatMap(({ points }) => points.map(([x]) => x));
  const mostX = Math.max(1e-3, ...xs);
  const leastX = Math.min(...xs.filter((x) => x > 0), mostX);
  const mostY = Math.max(1e-9, ...all.flatMap(({ points }) => points.map(([, y]) => y)));
  const range: readonly [number, number] = [LEFT, width - right];
  const powers: readonly [number, number] = [
    10 ** Math.floor(Math.log10(leastX)),
    10 ** Math.ceil(Math.log10(mostX)),
  ];
  const x = axes.logarithmic === true ? logarithmic(powers, range) : linear([0, mostX], range);
  const y = linear([0, mostY], [height - bottom, top]);
  const xTicks = axes.logarithmic === true ? powersOfTen(powers) : ticks(mostX);
  return svg({ width, height }, title, [
    ...ticks(mostY).flatMap((tick) => [
      line(LEFT, y(tick), width - right, y(tick)),
      text(LEFT - 8, y(tick) + 4, axes.shownY(tick), { anchor: 'end', className: 'tick' }),
    ]),
    ...xTicks.map((tick) =>
      text(x(tick), height - bottom + 18, axes.shownX(tick), { anchor: 'middle', className: 'tick' }),
    ),
    text((LEFT + width - right) / 2, height - 6, axes.x, { anchor: 'middle', className: 'axis' }),
    text(0, top - 24, axes.y, { className: 'axis' }),
    ...all.flatMap(({ label, className, points }, i) => [
      polyline(
        points.map(([a, b]) => [x(a), y(b)]),
        className,
      ),
      axes.names === 'above'
        ? text(LEFT + 12, top + 18 + i * ROW, label, { className: `name ${className}` })
        : text(width - right, height - bottom - 10 - (all.length - 1 - i) * ROW, label, {
            anchor: 'end',
            className: `name ${className}`,
          }),
    ]),
  ]);
}

function powersOfTen([from, to]: readonly [number, number]): number[] {
  const first = Math.round(Math.log10(from));
  const count = Math.round(Math.log10(to)) - first;
  return Array.from({ length: count + 1 }, (_, i) => 10 ** (first + i));
}
