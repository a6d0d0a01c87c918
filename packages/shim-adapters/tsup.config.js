import { library } from '@perf/tooling-tsup';

export default library({
  index: 'src/index.ts',
  'csv/index': 'src/csv/index.ts',
  'json/index': 'src/json/index.ts',
  'ndarray/index': 'src/ndarray/index.ts',
  'sparse/index': 'src/sparse/index.ts',
  'time-series/index': 'src/time-series/index.ts',
  'arrow/index': 'src/arrow/index.ts',
  'parquet/index': 'src/parquet/index.ts',
  'duckdb/index': 'src/duckdb/index.ts',
  'msgpack/index': 'src/msgpack/index.ts',
  'optimize/suite': 'src/optimize/suite.ts',
  'optimize/worker-task': 'src/optimize/worker-task.ts',
});
