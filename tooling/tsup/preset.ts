import { defineConfig, type Options } from 'tsup';

/**
 * One way to build every package: ESM for Node 20.19+, the private `@perf/internal` bundled in, everything else
 * left to the installer. `tsup` writes JavaScript only, `tsup --dts-only` the declarations, so that the demo and
 * the tests never wait for the slower of the two.
 */
export function library(entry: Record<string, string>): ReturnType<typeof defineConfig> {
  return defineConfig((cli: Options) => ({
    entry,
    format: 'esm',
    target: 'node20.19',
    platform: 'node',
    splitting: true,
    sourcemap: false,
    treeshake: true,
    clean: false,
    silent: true,
    tsconfig: 'tsconfig.build.json',
    noExternal: [/^@perf\/internal/],
    dts: cli.dts === undefined ? false : { only: true, compilerOptions: { ignoreDeprecations: '6.0' } },
  }));
}
