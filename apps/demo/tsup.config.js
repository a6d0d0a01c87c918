import { library } from '@perf/tooling-tsup';

export default library({
  cli: 'src/cli.ts',
  'server-process': 'src/server/process.ts',
  'memory-process': 'src/memory/process.ts',
});
