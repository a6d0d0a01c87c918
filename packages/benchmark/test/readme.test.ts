import { resolve } from 'node:path';
import { runReadmeExample } from '@perf/tooling-vitest/readme';
import { expect, it } from 'vitest';

it('the example of the README runs and ends with its check', async () => {
  const lines = await runReadmeExample(resolve(import.meta.dirname, '..'));
  const [table, verdict] = [lines.slice(0, -1).join('\n'), lines.at(-1)];
  expect(table).toContain('ratio over time');
  expect(verdict).toBe('reduce is slower: true');
});
