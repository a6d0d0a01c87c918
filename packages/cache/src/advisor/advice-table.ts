import { formatBytes } from '@perf/internal/bytes';
import { type Advice } from './advice.js';

const CELL = 10;

/** Advice as a table and two sentences, in lines of up to 100 characters. */
export function formatAdvice(advice: Advice, name: string): string {
  const { requests, keys, unit, total, measure, sizes, rows } = advice;
  const show = (size: number): string => (unit === 'bytes' ? formatBytes(size) : count(size));
  const first = Math.max('policy'.length, ...rows.map(({ policy }) => policy.length)) + 2;
  const line = (title: string, cells: readonly string[]): string =>
    title.padEnd(first) + cells.map((cell) => cell.padStart(CELL)).join('');
  const best = sizes.map((_, i) =>
    Math.max(...rows.filter(({ policy }) => policy !== 'optimal').map(({ shares }) => shares[i] ?? 0)),
  );
  return [
    `${name}: ${count(requests)} requests for ${count(keys)} keys${unit === 'bytes' ? ` of ${formatBytes(total)}` : ''}`,
    '',
    `${measure === 'time' ? 'Time saved' : 'Requests answered'}, in percent, with a cache of so many ${unit}; * is the best`,
    '',
    line('policy', sizes.map(show)),
    line(
      '',
      sizes.map((size) => `${percent(size / total)} %`),
    ),
    ...rows.map(({ policy, shares }) =>
      line(
        policy,
        shares.map(
          (share, i) => `${policy !== 'optimal' && share === best[i] ? '*' : ''}${(100 * share).toFixed(1)}`,
        ),
      ),
    ),
    '',
    ...sentences(advice, show),
  ].join('\n');
}

function sentences({ sizes, size, policy, rows }: Advice, show: (size: number) => string): string[] {
  const row = rows.find((candidate) => candidate.policy === policy);
  const shareAt = (at: number): number => 100 * (row?.shares[sizes.indexOf(at)] ?? 0);
  const largest = sizes.at(-1) ?? size;
  const option = rows.some((candidate) => candidate.policy === 'optimal')
    ? `maxEntries: ${String(size)}`
    : `maxBytes: '${show(size)}'`;
  const more = shareAt(largest) - shareAt(size);
  return [
    `new ConversionCache({ ${option}${policy === 'adaptive' ? '' : `, policy: '${policy}'`} })`,
    size === largest
      ? `The largest of these sizes is worth its room: ${shareAt(size).toFixed(1)} %.`
      : `It gets ${shareAt(size).toFixed(1)} %; ${show(largest)} would add ${more.toFixed(1)} points.`,
  ];
}

function percent(share: number): string {
  return String(Math.round(100 * share));
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
