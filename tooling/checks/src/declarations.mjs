/**
 * The types that users get must stand alone: `@perf/internal` is never published, so no declaration may import it,
 * and no package may import another at run time, except the suite.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { conclude, publishedPackages } from './workspace.mjs';

const problems = [];
for (const { name, folder, manifest } of publishedPackages()) {
  const built = readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const declarations = built.filter((file) => file.endsWith('.d.ts'));
  const expected = Object.values(manifest.exports).filter((entry) => typeof entry === 'object');
  for (const { types, default: code } of expected) {
    for (const file of [types, code]) {
      if (!built.includes(join(folder, file)))
        problems.push(`${name}: exports names ${file}, which was not built`);
    }
  }
  for (const file of [...declarations, ...built.filter((candidate) => candidate.endsWith('.js'))]) {
    const text = readFileSync(file, 'utf8');
    const where = relative(folder, file);
    if (/['"]@perf\/internal/.test(text)) problems.push(`${name}: ${where} imports @perf/internal`);
    const foreign = [...text.matchAll(/(?:from|import\()\s*['"](@perf\/[a-z-]+)[^'"]*['"]/g)]
      .map(([, specifier]) => specifier)
      .filter((specifier) => specifier !== manifest.name);
    if (foreign.length > 0 && !isSuite(name, where)) {
      problems.push(`${name}: ${where} imports ${[...new Set(foreign)].join(', ')}`);
    }
  }
}
conclude(problems);

function isSuite(name, file) {
  return name === 'shim-adapters' && file.startsWith(join('dist', 'optimize', 'suite.'));
}
