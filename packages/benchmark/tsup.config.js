import { library } from '@perf/tooling-tsup';

export default library({
  index: 'src/index.ts',
  isolated: 'src/process/isolated.ts',
  watcher: 'src/memory/watcher.ts',
});
