import { library } from '@perf/tooling-tsup';

export default library({
  index: 'src/index.ts',
  'arrow/index': 'src/arrow/index.ts',
  'parquet/index': 'src/parquet/index.ts',
  'optimize/suite': 'src/optimize/suite.ts',
  'optimize/worker-task': 'src/optimize/worker-task.ts',
});
