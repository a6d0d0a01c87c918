import type { ColumnType } from '../../table/column.js';
import { calendarDay, momentForm, type MomentForm } from '../calendar-cell.js';
import { readDecimal, readWideInteger, smallInteger, truth } from '../cell.js';
import { BoolCellColumn } from './bool-column.js';
import type { CellColumn } from './cell-column.js';
import { DateCellColumn } from './date-column.js';
import { DecimalCellColumn } from './decimal-column.js';
import { IntegerCellColumn } from './integer-column.js';
import { MomentCellColumn } from './moment-column.js';
import { NullCellColumn } from './null-column.js';
import { TextCellColumn } from './text-column.js';
import { WideCellColumn } from './wide-column.js';

/** The types that a cell of text can be read as. */
export type CellType = Exclude<ColumnType, 'decimal' | 'binary' | 'list' | 'struct'>;

const CELL_TYPES: Readonly<Record<CellType, true>> = {
  null: true,
  bool: true,
  int8: true,
  int16: true,
  int32: true,
  int64: true,
  uint8: true,
  uint16: true,
  uint32: true,
  uint64: true,
  float32: true,
  float64: true,
  date: true,
  timestamp: true,
  utf8: true,
  json: true,
};

export const CELL_TYPE_NAMES: readonly string[] = Object.keys(CELL_TYPES);

export function isCellType(type: string): type is CellType {
  return Object.hasOwn(CELL_TYPES, type);
}

/** An empty column that takes cells of this type. */
export function cellColumn(name: string, type: CellType, form?: MomentForm): CellColumn {
  switch (type) {
    case 'null':
      return new NullCellColumn(name);
    case 'bool':
      return new BoolCellColumn(name);
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return new IntegerCellColumn(name, type);
    case 'int64':
    case 'uint64':
      return new WideCellColumn(name, type);
    case 'float32':
    case 'float64':
      return new DecimalCellColumn(name, type);
    case 'date':
      return new DateCellColumn(name);
    case 'timestamp':
      return new MomentCellColumn(name, form);
    case 'utf8':
    case 'json':
      return new TextCellColumn(name, type);
  }
}

/** The types that are found out, narrowest first. */
export type InferredType = 'bool' | 'int32' | 'int64' | 'float64' | 'date' | 'timestamp' | 'utf8';

const INT32_LIMIT = 2 ** 31;
const halves = new Int32Array(2);
const double = new Float64Array(1);

/** Whether one cell fits a type. */
export function cellFits(bytes: Uint8Array, start: number, end: number, type: InferredType): boolean {
  switch (type) {
    case 'bool':
      return truth(bytes, start, end) >= 0;
    case 'int32': {
      const value = smallInteger(bytes, start, end);
      return value >= -INT32_LIMIT && value < INT32_LIMIT;
    }
    case 'int64':
      return readWideInteger(bytes, start, end, true, halves, 0);
    case 'float64':
      return readDecimal(bytes, start, end, double, 0);
    case 'date':
      return !Number.isNaN(calendarDay(bytes, start, end));
    case 'timestamp':
      return momentForm(bytes, start, end) !== undefined;
    case 'utf8':
      return true;
  }
}

const NARROWEST_FIRST: readonly InferredType[] = ['bool', 'int32', 'int64', 'float64', 'date', 'timestamp'];

/** The narrowest type of one cell. */
export function cellType(bytes: Uint8Array, start: number, end: number): InferredType {
  return NARROWEST_FIRST.find((type) => cellFits(bytes, start, end, type)) ?? 'utf8';
}

/** The types that hold every value of a type and more, narrowest first. A type that none but text widens has none. */
export function widerTypes(type: InferredType): readonly InferredType[] {
  if (type === 'int32') return ['int64', 'float64', 'utf8'];
  return type === 'int64' ? ['float64', 'utf8'] : ['utf8'];
}
