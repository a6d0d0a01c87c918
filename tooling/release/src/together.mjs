/** All packages as they would be published, installed in one program: the suite is imported, compiled against and run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude } from '@perf/tooling-checks/workspace';
import { Compilers } from './compilers.mjs';
import { Consumer, readmeExample } from './consumer.mjs';
import { packAll } from './tarballs.mjs';

/** A conversion on threads, from where the packages are installed; without them it would fall back, which is counted. */
const ON_THREADS = `import { defaultRegistry, optimize } from '@perf/shim-adapters';
  import { WorkerExecutor } from '@perf/lazy';
  const plan = { strategy: 'parallel', fallbacks: [], reason: 'asked for' };
  const selector = { select: () => plan, feedback() {}, explain: () => plan.reason };
  const executor = new WorkerExecutor({ threads: 2 });
  const converter = optimize(defaultRegistry(), { executor, selector });
  const value = 'n,t\\n' + Array.from({ length: 100_000 }, (_, i) => \`\${i},text \${i}\\n\`).join('');
  const { data } = await converter.convert({ source: { value }, from: 'csv', to: 'columns' });
  const { strategies, fallbacks } = converter.stats();
  await converter.close();
  await executor.close();
  console.log(data.length, data.column('n').values[99_999], strategies.parallel, fallbacks);`;

const folder = mkdtempSync(join(tmpdir(), 'perf-together-'));
try {
  const packages = await packAll(folder);
  const compilers = new Compilers(join(folder, 'typescript'));
  await compilers.install();
  const consumer = new Consumer(join(folder, 'consumer'));
  await consumer.install(...packages.map(({ tarball }) => tarball), '@types/node@20');
  consumer.write('use.ts', `export * from '@perf/shim-adapters/suite';`);
  const problems = await compilers.problems(consumer, 'use.ts');
  consumer.write('threads.mjs', ON_THREADS);
  const counted = (await consumer.node('threads.mjs')).trim();
  if (counted !== '100000 99999 1 0') problems.push(`a conversion on threads said ${counted}`);
  const { source } = packages.find(({ name }) => name === 'shim-adapters');
  consumer.write('example.ts', readmeExample(source, 'createOptimizerSuite('));
  try {
    await compilers.transpile(consumer, 'example.ts');
    const output = await consumer.node('example.js');
    if (output.trim() !== 'a | 1 |') problems.push(`the example of the suite printed ${output}`);
  } catch (error) {
    problems.push(`the example of the suite: ${error.message}`);
  }
  conclude(problems);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
