import type { AnyRequest } from './request.js';
import type { Field } from './table/column.js';
import { ColumnTable } from './table/column-table.js';

/** The share of columns of the table that a request brings for which `loses` holds; 0 where the table is not known yet. */
export function shareOfColumns({ source, columns }: AnyRequest, loses: (field: Field) => boolean): number {
  if (!('value' in source) || !(source.value instanceof ColumnTable)) return 0;
  const fields = source.value.fields.filter(({ name }) => columns?.includes(name) ?? true);
  return fields.length === 0 ? 0 : fields.filter(loses).length / fields.length;
}
