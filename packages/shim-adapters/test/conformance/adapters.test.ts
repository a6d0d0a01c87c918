import { arrowAdapter } from '../../src/arrow/adapter.js';
import { csvAdapter } from '../../src/csv/adapter.js';
import { jsonAdapter } from '../../src/json/adapter.js';
import { parquetAdapter } from '../../src/parquet/adapter.js';
import { rowsAdapter } from '../../src/rows/adapter.js';
import { describeAdapter } from './adapter.js';

describeAdapter({
  format: 'csv',
  adapter: csvAdapter,
  losses: { json: 'json-as-text' },
  extremeLosses: { uint64: 'integer-as-text', date: 'time-out-of-range', timestamp: 'time-out-of-range' },
  renamesUnnamed: true,
  keepsEmptyColumns: true,
  keepsMetadata: false,
});

for (const format of ['json', 'ndjson'] as const) {
  describeAdapter({
    format,
    adapter: jsonAdapter,
    losses: { date: 'time-as-text', timestamp: 'time-as-text' },
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

describeAdapter({
  format: 'rows',
  adapter: rowsAdapter,
  extremeLosses: { date: 'time-out-of-range', timestamp: 'time-out-of-range' },
  keepsEmptyColumns: false,
  keepsMetadata: false,
});

for (const format of ['arrow', 'arrow-ipc'] as const) {
  describeAdapter({ format, adapter: arrowAdapter, keepsEmptyColumns: true, keepsMetadata: true });
}

describeAdapter({ format: 'parquet', adapter: parquetAdapter, keepsEmptyColumns: true, keepsMetadata: true });
