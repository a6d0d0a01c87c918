import type { ServerReport } from '../server/messages.js';
import { chapter, type Chapter } from './chapter.js';

/** How conversions were carried out, and why, in the selector's own words. */
export function strategies(report: ServerReport): Chapter {
  return chapter(
    'Which strategy was chosen, and why (requests that the cache did not answer)',
    [
      { title: 'strategy', cell: ({ strategy }) => strategy },
      { title: 'route', cell: ({ route }) => route },
      { title: 'times', right: true, cell: ({ count }) => String(count) },
      { title: 'why, the last time', cell: ({ reason }) => shortened(reason), flexible: true },
    ],
    report.strategies,
    ['What is expected is the word of the model, also of ways that were never tried.'],
  );
}

/** The strategy is in the first column already, and what follows a semicolon is detail. */
function shortened(reason: string): string {
  return reason.replace(/^[a-z-]+ is /, '').replace(/;.*$/, '');
}
