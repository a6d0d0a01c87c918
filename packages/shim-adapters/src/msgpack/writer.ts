import type { Allocate } from '../allocation.js';
import type { Losses } from '../losses.js';
import { readBit } from '../table/bitmap.js';
import { ByteSink } from '../table/byte-sink.js';
import type { Column, FixedColumn, TextColumn } from '../table/column.js';
import type { ColumnTable } from '../table/column-table.js';
import { decimalText, decimalUnits } from '../table/decimal.js';
import { noteColumnLoss, noteMetadataLoss } from '../table/schema-loss.js';
import { valueReader } from '../table/value.js';
import { ValueSink } from './value-sink.js';

const NANOS_PER_DAY = 86_400_000_000_000n;
const NANOS_PER_TICK = {
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1000n,
  nanosecond: 1n,
} as const;

type CellWriter = (index: number) => void;

/** A table as an array of maps, written straight from the columns. */
export function writeMsgpack(table: ColumnTable, losses: Losses, allocate?: Allocate): Uint8Array {
  noteMetadataLoss(table, losses);
  noteColumnLoss(table, losses);
  losses.total(table.length * table.columns.length);
  const bytes = new ByteSink(table.length * table.columns.length * 12, allocate);
  const sink = new ValueSink(bytes);
  const cells = table.columns.map((column) => ({
    key: Buffer.from(column.field.name, 'utf8'),
    write: cellWriter(column, sink, losses),
  }));
  sink.array(table.length);
  for (let row = 0; row < table.length; row++) {
    sink.map(cells.length);
    for (const { key, write } of cells) {
      sink.text(key);
      write(row);
    }
  }
  return bytes.finish();
}

function cellWriter(column: Column, sink: ValueSink, losses: Losses): CellWriter {
  const present = presentWriter(column, sink, losses);
  const { validity } = column;
  if (validity === undefined) return present;
  return (index) => {
    if (readBit(validity, index)) present(index);
    else sink.null();
  };
}

function presentWriter(column: Column, sink: ValueSink, losses: Losses): CellWriter {
  const { field, length, nullCount } = column;
  switch (column.layout) {
    case 'null':
      return () => {
        sink.null();
      };
    case 'bits':
      return (index) => {
        sink.bool(readBit(column.values, index));
      };
    case 'fixed':
      return fixedWriter(column, sink, losses);
    case 'text':
      return field.type === 'json' ? plainWriter(column, sink) : textWriter(column, sink);
    case 'dictionary': {
      if (field.type === 'json') return plainWriter(column, sink);
      const write = textWriter(column.dictionary, sink);
      return (index) => {
        write(column.indices[index] ?? 0);
      };
    }
    case 'decimal': {
      losses.lost('decimal-as-text', field.name, 'decimals are written as text', length - nullCount);
      const { scale = 0 } = field;
      return (index) => {
        sink.text(Buffer.from(decimalText(decimalUnits(column, index), scale), 'latin1'));
      };
    }
    case 'list':
    case 'struct':
      return plainWriter(column, sink);
  }
}

function plainWriter(column: Column, sink: ValueSink): CellWriter {
  const read = valueReader({ ...column, validity: undefined });
  return (index) => {
    sink.value(read(index));
  };
}

function textWriter({ field, bytes, offsets }: TextColumn, sink: ValueSink): CellWriter {
  const isBinary = field.type === 'binary';
  return (index) => {
    const [start, end] = [offsets[index] ?? 0, offsets[index + 1] ?? 0];
    if (isBinary) sink.binary(bytes, start, end);
    else sink.text(bytes, start, end);
  };
}

function fixedWriter(
  { field, values, length, nullCount }: FixedColumn,
  sink: ValueSink,
  losses: Losses,
): CellWriter {
  if (field.type === 'date' || field.type === 'timestamp') {
    if (field.type === 'date') {
      losses.noted(
        'date-as-timestamp',
        field.name,
        'dates are written as timestamps at midnight',
        length - nullCount,
      );
    }
    if (field.timezone !== undefined && field.timezone !== 'UTC') {
      losses.noted(
        'timezone-as-utc',
        field.name,
        'timestamps are written in UTC, their zone is not',
        length - nullCount,
      );
    }
    const scale = field.type === 'date' ? NANOS_PER_DAY : NANOS_PER_TICK[field.unit ?? 'millisecond'];
    return (index) => {
      sink.moment(BigInt(values[index] ?? 0) * scale);
    };
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return (index) => {
      sink.bigint(values[index] ?? 0n);
    };
  }
  if (values instanceof Float32Array) {
    return (index) => {
      sink.float32(values[index] ?? 0);
    };
  }
  if (values instanceof Float64Array) {
    return (index) => {
      sink.float64(values[index] ?? 0);
    };
  }
  return (index) => {
    sink.integer(values[index] ?? 0);
  };
}
