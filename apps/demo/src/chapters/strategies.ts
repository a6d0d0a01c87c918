import type { ServerReport, StrategyCount } from '../server/messages.js';
import { chapter, type Chapter } from './chapter.js';

/** How conversions were carried out, and why, in the selector's own words. */
export function strategies(report: ServerReport): Chapter {
  const rows = report.strategies;
  const seen = new Set<string>();
  const examples = rows.filter(({ strategy }) => !seen.has(strategy) && seen.add(strategy));
  return chapter(
    'Which strategy was chosen, and why (requests that the cache did not answer)',
    [
      { title: 'strategy', cell: ({ strategy }) => strategy },
      { title: 'route', cell: ({ route }) => route },
      { title: 'times', right: true, cell: ({ count }) => String(count) },
    ],
    rows,
    examples.flatMap(({ strategy, example }: StrategyCount) => ['', ...wrapped(`${strategy}: ${example}`)]),
  );
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length > 98) {
      lines.push(line);
      line = ' ';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
