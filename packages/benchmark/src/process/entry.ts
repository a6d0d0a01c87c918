import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BenchmarkError } from '../errors.js';

/**
 * The path of a built entry that Node loads by itself: beside this code once built, in `dist` for the sources.
 *
 * Throws `ERR_PERF_BENCHMARK_CHILD` when there is no such file.
 */
export function findEntry(name: 'isolated' | 'watcher'): string {
  const here = import.meta.url;
  const built = here.endsWith('.ts') ? `../../dist/${name}.js` : `./${name}.js`;
  const path = fileURLToPath(new URL(built, here));
  if (existsSync(path)) return path;
  throw new BenchmarkError(
    'ERR_PERF_BENCHMARK_CHILD',
    `the entry ${path} is missing: build @perf/benchmark, or, in a bundled program, ship its folder dist along`,
  );
}
