import { library } from '@perf/tooling-tsup';

export default library({
  index: 'src/index.ts',
  advise: 'src/advisor/cli.ts',
});
