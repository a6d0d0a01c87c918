/** Pieces of SVG, with the colours of the page's style sheet. */

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const FRAME: Frame = { width: 760, height: 300, left: 150, right: 24, top: 12, bottom: 44 };

/** From values to places. */
export type Scale = (value: number) => number;

export function linear(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

export function logarithmic(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const scale = linear([Math.log(from), Math.log(to)], range);
  return (value) => scale(Math.log(Math.min(to, Math.max(from, value))));
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

export function svg(
  { width, height }: Pick<Frame, 'width' | 'height'>,
  title: string,
  parts: readonly string[],
): string {
  return [
    `<svg viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${escaped(title)}" xmlns="http://www.w3.org/2000/svg">`,
    ...parts,
    '</svg>',
  ].join('\n');
}

export function text(
  x: number,
  y: number,
  words: string,
  {
    anchor = 'start',
    className = '',
  }: { readonly anchor?: 'start' | 'middle' | 'end'; readonly className?: string } = {},
): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" class="${className}">${escaped(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, className = 'grid'): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${className}"/>`;
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  className: string,
  tip: string,
): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(1, width))}" height="${at(height)}" rx="2" class="${className}"><title>${escaped(tip)}</title></rect>`;
}

export function polyline(points: readonly (readonly [number, number])[], className: string): string {
  return `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')}" class="line ${className}"/>`;
}

export function circle(x: number, y: number, radius: number, className: string, tip: string): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" class="${className}"><title>${escaped(tip)}</title></circle>`;
}

/** Round values that divide a range, about five of them. */
export function ticks(most: number): number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? power;
  const count = Math.floor(most / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
