import { join } from 'node:path';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { expect, it } from 'vitest';

it('the example in the README does what it says', async () => {
  expect(await runReadmeExample(join(import.meta.dirname, '..'))).toEqual([
    '0,4,16 true made 1 time joined 1',
  ]);
});
