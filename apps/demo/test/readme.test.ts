import { fileURLToPath } from 'node:url';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = fileURLToPath(new URL('../../../README.md', import.meta.url));

it("runs the example of the repository's README", async () => {
  expect(await runReadmeExample(folder, readme)).toEqual(['float64 true 1', 'false 2']);
});
