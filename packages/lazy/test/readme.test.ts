import { fileURLToPath } from 'node:url';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { expect, it } from 'vitest';

it('runs the example of the README', async () => {
  const lines = await runReadmeExample(fileURLToPath(new URL('..', import.meta.url)));
  expect(lines).toEqual(['idle', '8', 'loaded 24 1']);
});
