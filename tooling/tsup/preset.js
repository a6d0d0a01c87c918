import { defineConfig } from 'tsup';

/**
 * One way to build every package: ESM for Node 20.19+, the private `@perf/internal` bundled in, everything else
 * left to the installer. `tsup` writes JavaScript only, `tsup --dts-only` the declarations, so that the demo and
 * the tests never wait for the slower of the two.
 *
 * @param {Record<string, string>} entry output name to source file
 */
export function library(entry) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node20.19',
    platform: 'node',
    splitting: true,
    sourcemap: false,
    treeshake: true,
    // Chunks carry a hash in their names; declarations are written by the other task.
    clean: ['!**/*.d.ts'],
    silent: true,
    tsconfig: 'tsconfig.build.json',
    // `node:fs` stays as it is: without the prefix a bundler may take it for a package.
    removeNodeProtocol: false,
    noExternal: [/^@perf\/internal/],
  });
}
