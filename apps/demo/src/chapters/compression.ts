import type { ServerReport } from '../server/messages.js';
import { bytes, percent } from '../report/units.js';
import { chapter, type Chapter } from './chapter.js';

/** What the kept results weigh, and what they would weigh uncompressed. */
export function keptBytes({ kept }: ServerReport): Chapter {
  if (kept === null) return chapter('Bytes kept', [], []);
  const { entries, compressedEntries, compressedFrom, compressedTo } = kept;
  const plain = kept.bytes - compressedTo;
  const rows = [
    {
      what: 'results of 1 MB and more',
      entries: compressedEntries,
      before: compressedFrom,
      after: compressedTo,
    },
    {
      what: 'smaller ones, kept as they are',
      entries: entries - compressedEntries,
      before: plain,
      after: plain,
    },
    { what: 'all', entries, before: plain + compressedFrom, after: kept.bytes },
  ];
  return chapter(
    'Bytes kept before and after compression, where memory comes first',
    [
      { title: 'kept results', cell: ({ what }) => what },
      { title: 'entries', right: true, cell: (row) => String(row.entries) },
      { title: 'before', right: true, cell: ({ before }) => bytes(before) },
      { title: 'after', right: true, cell: ({ after }) => bytes(after) },
      {
        title: 'smaller by',
        right: true,
        cell: ({ before, after }) => (before === 0 ? '' : percent(1 - after / before)),
      },
    ],
    rows,
  );
}
