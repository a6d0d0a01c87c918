import { library } from '@perf/tooling-tsup';

export default library({
  index: 'src/index.ts',
  task: 'src/columnar/task.ts',
  worker: 'src/threads/worker.ts',
});
