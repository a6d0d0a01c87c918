import { arrowAdapter } from '../../src/arrow/adapter.js';
import { csvAdapter } from '../../src/csv/adapter.js';
import { duckdbAdapter } from '../../src/duckdb/adapter.js';
import { jsonAdapter } from '../../src/json/adapter.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { rowsAdapter } from '../../src/rows/adapter.js';
import { msgpackAdapter } from '../../src/msgpack/adapter.js';
import { describeAdapter, type FormatCase } from './adapter.js';
import { describeBounds } from './bounded-adapter.js';
import { describeReading, describeWriting } from './streamed-adapter.js';

/** Both suites that any format passes. */
function describeFormat(given: FormatCase): void {
  describeAdapter(given);
  describeBounds(given);
}

const asText = {
  decimal: 'decimal-as-number',
  binary: 'binary-as-text',
  list: 'nested-as-text',
  struct: 'nested-as-text',
} as const;

describeFormat({
  format: 'csv',
  adapter: csvAdapter,
  losses: { json: 'json-as-text', ...asText },
  extremeLosses: { uint64: 'integer-as-text', date: 'time-out-of-range', timestamp: 'time-out-of-range' },
  renamesUnnamed: true,
  keepsEmptyColumns: true,
  keepsMetadata: false,
});

for (const format of ['json', 'ndjson'] as const) {
  describeFormat({
    format,
    adapter: jsonAdapter,
    losses: { date: 'time-as-text', timestamp: 'time-as-text', ...asText },
    extremeLosses: {
      int64: 'integer-rounded',
      uint64: 'integer-rounded',
      float32: 'non-finite-as-null',
      float64: 'non-finite-as-null',
      date: 'time-out-of-range',
      timestamp: 'time-out-of-range',
    },
    keepsEmptyColumns: false,
    keepsMetadata: false,
  });
}

describeFormat({
  format: 'rows',
  adapter: rowsAdapter,
  extremeLosses: { date: 'time-out-of-range', timestamp: 'time-out-of-range' },
  keepsEmptyColumns: false,
  keepsMetadata: false,
});

for (const format of ['arrow', 'arrow-ipc'] as const) {
  describeFormat({ format, adapter: arrowAdapter, keepsEmptyColumns: true, keepsMetadata: true });
}

describeFormat({ format: 'parquet', adapter: parquetAdapter, keepsEmptyColumns: true, keepsMetadata: true });
describeFormat({ format: 'parquet', adapter: duckdbAdapter, keepsEmptyColumns: true, keepsMetadata: true });

describeFormat({
  format: 'msgpack',
  adapter: msgpackAdapter,
  losses: { decimal: 'decimal-as-text' },
  keepsEmptyColumns: false,
  keepsMetadata: false,
});

describeReading({ format: 'csv', adapter: csvAdapter });
describeReading({ format: 'ndjson', adapter: jsonAdapter });
describeReading({ format: 'arrow-ipc', adapter: arrowAdapter });
describeReading({ format: 'parquet', adapter: parquetAdapter });

describeWriting({ format: 'csv', adapter: csvAdapter });
describeWriting({ format: 'json', adapter: jsonAdapter });
describeWriting({ format: 'ndjson', adapter: jsonAdapter });
describeWriting({ format: 'arrow-ipc', adapter: arrowAdapter });
describeWriting({ format: 'parquet', adapter: parquetAdapter });
