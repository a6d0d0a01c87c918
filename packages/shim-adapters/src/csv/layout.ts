import { shown } from '@perf/internal/errors';
import { ConversionError, refuseOption } from '../errors.js';
import type { Losses } from '../losses.js';
import type { ConversionOptions } from '../request.js';
import { CELL_TYPE_NAMES, isCellType, type CellType } from './column/cell-type.js';
import type { FieldBlock } from './field-block.js';

/** A column that is wanted: where it stands in a record, and of which type it must be, if that is given. */
export interface WantedColumn {
  readonly name: string;
  readonly position: number;
  readonly type: CellType | undefined;
}

/** The names of all columns of a text, by its first record or by number. Renames are noted. */
export function columnNames(block: FieldBlock, header: boolean, losses: Losses): string[] {
  const names: string[] = [];
  const taken = new Set<string>();
  for (let i = 0; i < block.width; i++) {
    const given = header ? block.text(i) : '';
    const base = given === '' ? `column_${String(i + 1)}` : given;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${String(n)}`;
    if (header && name !== given) {
      const why =
        given === '' ? 'a column without a name was named by its position' : 'a repeated name got a number';
      losses.noted('column-renamed', name, why);
    }
    taken.add(name);
    names.push(name);
  }
  return names;
}

/** The columns that a request wants, in its order: all, unless it names some. */
export function wantedColumns(
  names: readonly string[],
  { columns, types = {} }: ConversionOptions & { readonly columns?: readonly string[] | undefined },
): WantedColumn[] {
  const positions = new Map(names.map((name, position) => [name, position]));
  const unknown = Object.keys(types).find((name) => !positions.has(name));
  if (unknown !== undefined) {
    throw refuseOption(
      `options.types names ${shown(unknown)}, which is no column; the columns are ${listed(names)}`,
    );
  }
  return (columns ?? names).map((name) => {
    const position = positions.get(name);
    if (position === undefined) {
      throw new ConversionError(
        'ERR_PERF_CONVERT_NO_COLUMN',
        `there is no column ${shown(name)}; the columns are ${listed(names)}`,
      );
    }
    return { name, position, type: Object.hasOwn(types, name) ? givenType(name, types[name]) : undefined };
  });
}

/** Refuses types that no cell of text can be read as, before any work. */
export function checkTypes({ types = {} }: ConversionOptions): void {
  for (const [name, type] of Object.entries(types)) givenType(name, type);
}

function givenType(name: string, type: unknown): CellType {
  if (typeof type === 'string' && isCellType(type)) return type;
  throw refuseOption(
    `options.types gives ${shown(name)} the type ${shown(type)}; types are ${CELL_TYPE_NAMES.join(', ')}`,
  );
}

function listed(names: readonly string[]): string {
  return names.slice(0, 20).join(', ');
}
