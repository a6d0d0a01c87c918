import type { DoctorFinding, DoctorReport } from '../doctor.js';
import { percent } from '../warning.js';
import { drawTable, wrapped, type Column } from './drawing.js';
import { WIDTH } from './figures.js';
import type { TableOptions } from './table.js';

/** What the doctor found as an aligned table, with its first sentence on top. */
export function formatDoctor(report: DoctorReport, o: TableOptions = {}): string {
  const width = o.width ?? WIDTH;
  const columns: Column<DoctorFinding>[] = [
    { title: 'work', cell: (r) => r.name, flexible: true },
    { title: 'shows from', right: true, cell: (r) => shownShare(r.smallest) },
    { title: 'half interval', right: true, cell: (r) => shownShare(r.same.halfWidth) },
    { title: 'wrong', right: true, cell: ({ same }) => `${String(same.wrong)}/${String(same.trials)}` },
    {
      title: 'true',
      right: true,
      cell: ({ known }) => (known === undefined ? '' : percent(known.difference)),
    },
    {
      title: 'found',
      right: true,
      cell: ({ known }) => (known === undefined ? '' : `${String(known.found)}/${String(known.trials)}`),
    },
  ];
  const [head = ''] = report.text.split('\n');
  return [...wrapped(head, width), ...drawTable(columns, report.findings, width)].join('\n');
}

function shownShare(share: number): string {
  return Number.isFinite(share) ? percent(share) : 'nowhere';
}
