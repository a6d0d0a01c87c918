import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Loads a package of this house, as it is built: `'@perf/cache'`, `'@perf/shim-adapters/parquet'`. */
export async function sibling(specifier: string): Promise<unknown> {
  const [, name = ''] = specifier.split('/');
  const home = new URL(`../../../packages/${name}/package.json`, import.meta.url);
  const found = createRequire(fileURLToPath(home)).resolve(specifier);
  return (await import(pathToFileURL(found).href)) as unknown;
}
