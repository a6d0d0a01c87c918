import type { Losses } from '../losses.js';
import type { ColumnTable } from './column-table.js';

/** Notes the key/value pairs that a format without a schema of its own leaves out. */
export function noteMetadataLoss(table: ColumnTable, losses: Losses): void {
  if (table.metadata.size > 0) {
    losses.noted(
      'metadata-dropped',
      undefined,
      'this format has no place for the key/value pairs of a table',
      table.metadata.size,
    );
  }
}

/** Notes the columns that a format of records forgets because there is no record. */
export function noteColumnLoss(table: ColumnTable, losses: Losses): void {
  if (table.length === 0 && table.columns.length > 0) {
    losses.noted(
      'columns-dropped',
      undefined,
      'without a row, records leave no column names behind',
      table.columns.length,
    );
  }
}

/** Notes rows that a format forgets because they have no columns. */
export function noteRowLoss(table: ColumnTable, losses: Losses): void {
  if (table.columns.length > 0 || table.length === 0) return;
  losses.noted('rows-dropped', undefined, 'rows without columns leave nothing behind here', table.length);
}
