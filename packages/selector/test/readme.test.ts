import { fileURLToPath } from 'node:url';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { expect, it } from 'vitest';

it('prints what the README says', async () => {
  const lines = await runReadmeExample(fileURLToPath(new URL('..', import.meta.url)));
  expect(lines).toEqual(['parallel', 'cache-first']);
});
