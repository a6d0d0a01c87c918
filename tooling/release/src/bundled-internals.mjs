/** Which files of the private `@perf/internal` a package bundles: those that its sources import, and theirs in turn. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const IMPORT = /^(?:import|export)\s(?!type\s)[^'";]*?from\s+'(@perf\/internal\/[^']+|\.\.?\/[^']+)'/gm;

/** @returns paths from the root of the repository, in order */
export function bundledInternals(root, folder) {
  const internal = join(root, 'packages', 'internal', 'src');
  const found = new Set();
  const open = sourcesIn(join(folder, 'src')).flatMap((file) => internalsOf(file, internal));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    open.push(...internalsOf(file, internal));
  }
  return [...found].map((file) => relative(root, file)).sort();
}

function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function internalsOf(file, internal) {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)]
    .map(([, specifier]) =>
      specifier.startsWith('.')
        ? resolve(dirname(file), specifier).replace(/\.js$/, '.ts')
        : join(internal, `${specifier.slice('@perf/internal/'.length)}.ts`),
    )
    .filter((target) => target.startsWith(internal) && existsSync(target));
}
