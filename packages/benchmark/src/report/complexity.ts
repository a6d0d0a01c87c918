import { formatDuration } from '@perf/internal/duration';
import type { ComplexityFit } from '../complexity.js';
import type { GrowthFit } from '../growth.js';
import { percent } from '../warning.js';
import { drawTable, wrapped, type Column } from './drawing.js';
import { drawWarnings, WIDTH } from './figures.js';
import type { TableOptions } from './table.js';

/** A sweep as an aligned table of its models, the best one first, with a sentence on top. */
export function formatComplexity(fit: ComplexityFit, o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const columns: Column<GrowthFit>[] = [
    { title: 'model', cell: (r) => r.growth },
    { title: 'fixed', right: true, cell: (r) => formatDuration(r.a) },
    { title: 'per unit', right: true, cell: (r) => (r.b === 0 ? '-' : formatDuration(r.b)) },
    { title: 'off by', right: true, cell: (r) => percent(r.relativeError) },
    { title: 'weight', right: true, cell: (r) => percent(r.weight) },
  ];
  const [low, high] = fit.exponentInterval.map((value) => value.toFixed(2));
  const points = fit.points.map(({ n, ms }) => `${String(n)}: ${formatDuration(ms)}`).join(', ');
  return [
    ...wrapped(
      `'${fit.name}' grows as ${fit.growth}, ${percent(fit.certainty)} sure; then ${fit.runnerUp}; ` +
        `exponent ${fit.exponent.toFixed(2)} (${low ?? ''} .. ${high ?? ''})`,
      width,
    ),
    ...drawTable(columns, fit.fits, width),
    ...wrapped(points, width),
    ...drawWarnings(fit.warnings, width),
  ].join('\n');
}
