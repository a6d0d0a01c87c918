/** All packages as they would be published, installed in one program: the suite is imported, compiled against and run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude } from '@perf/tooling-checks/workspace';
import { Compilers } from './compilers.mjs';
import { Consumer, readmeExample } from './consumer.mjs';
import { packAll } from './tarballs.mjs';

const folder = mkdtempSync(join(tmpdir(), 'perf-together-'));
try {
  const packages = await packAll(folder);
  const compilers = new Compilers(join(folder, 'typescript'));
  await compilers.install();
  const consumer = new Consumer(join(folder, 'consumer'));
  await consumer.install(...packages.map(({ tarball }) => tarball), '@types/node@20');
  consumer.write('use.ts', `export * from '@perf/shim-adapters/suite';`);
  const problems = await compilers.problems(consumer, 'use.ts');
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
