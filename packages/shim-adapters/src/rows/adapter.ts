import type { ShimAdapter } from '../adapter.js';
import { defineAdapter } from '../define-adapter.js';
import { ownModule } from '../module-url.js';
import { ConversionError } from '../errors.js';
import { selectionOf } from '../selection.js';
import { sourceValue } from '../source.js';
import type { Losses } from '../losses.js';
import { readBit } from '../table/bitmap.js';
import type { Column, Field } from '../table/column.js';
import { tableFromRecords } from '../table/records.js';
import { noteColumnLoss, noteMetadataLoss } from '../table/schema-loss.js';
import { tableOf } from '../table/table-value.js';

/** Row objects to and from columns. */
export function rowsAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'rows',
    module: ownModule('.', 'rowsAdapter'),
    version: '1',
    steps: [
      {
        from: 'rows',
        to: 'columns',
        mbPerSecond: 60,
        growth: 0.8,
        convert(request, { losses }) {
          const rows = sourceValue(request.source, 'rows');
          if (Array.isArray(rows)) return tableFromRecords(rows, losses, selectionOf(request));
          throw new ConversionError(
            'ERR_PERF_CONVERT_TYPE_MISMATCH',
            "format 'rows' takes an array of objects as source value",
          );
        },
      },
      {
        from: 'columns',
        to: 'rows',
        mbPerSecond: 40,
        growth: 2,
        convert(request, { losses }) {
          const table = tableOf(request);
          const bigint = request.options?.bigint;
          losses.total(table.length * table.columns.length);
          noteMetadataLoss(table, losses);
          noteColumnLoss(table, losses);
          for (const column of table.columns) noteDates(column, losses);
          return table.rows(bigint === undefined ? {} : { bigint });
        },
        async *encode(tables, request, { losses }) {
          const bigint = request.options?.bigint;
          for await (const table of tables) {
            for (const column of table.columns) noteDates(column, losses);
            yield { data: table.rows(bigint === undefined ? {} : { bigint }), rows: table.length };
          }
        },
      },
    ],
  });
}

const DAY_MS = 86_400_000;
const MAX_TIME = 8.64e15;

/** Counts the days and timestamps that no `Date` holds. */
function noteDates(column: Column, losses: Losses): void {
  const scale = column.layout === 'fixed' ? millisecondsOf(column.field) : undefined;
  if (column.layout !== 'fixed' || scale === undefined) return;
  const { values, validity, length, field } = column;
  for (let i = 0; i < length; i++) {
    if (Math.abs(Number(values[i])) * scale <= MAX_TIME || (validity !== undefined && !readBit(validity, i)))
      continue;
    losses.lost('time-out-of-range', field.name, 'a time beyond the year 275760 became an invalid Date');
  }
}

function millisecondsOf({ type, unit }: Field): number | undefined {
  if (type === 'date') return DAY_MS;
  if (type !== 'timestamp') return undefined;
  if (unit === 'second') return 1000;
  return unit === 'millisecond' ? 1 : undefined;
}
