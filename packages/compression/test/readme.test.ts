import { fileURLToPath } from 'node:url';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { expect, it } from 'vitest';

it('prints what the README says', async () => {
  const packageDir = fileURLToPath(new URL('..', import.meta.url));
  expect(await runReadmeExample(packageDir)).toEqual([
    'columnar Float64Array decimals 2 > delta > bins',
    'true true',
  ]);
});
