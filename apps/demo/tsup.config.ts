import { library } from '@perf/tooling-tsup';

export default library({ cli: 'src/cli.ts' });
