import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LazyError } from '../errors.js';

/** Where the built worker entry lies, given where this code lies: beside it once built, in `dist` for the sources. */
function besideThisCode(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? '../../dist/worker.js' : './worker.js', here);
}

/**
 * The path of the worker entry: the given one, else the one that was built with this code.
 * @throws `LazyError` `ERR_PERF_LAZY_WORKER_MISSING` when there is no such file
 */
export function findWorkerEntry(given: string | undefined): string {
  const path = given ?? fileURLToPath(besideThisCode());
  if (existsSync(path)) return path;
  throw new LazyError(
    'ERR_PERF_LAZY_WORKER_MISSING',
    `the worker entry ${path} is missing: build @perf/lazy, or, in a bundled program, ship its folder dist along ` +
      'and point the option entry to the worker.js in it',
  );
}
