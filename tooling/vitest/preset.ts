import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { CountingReporter } from './counting-reporter.js';

const conditions = ['@perf/source', 'node', 'import', 'module', 'default'];

/** One vitest run over the whole repository, straight from the sources. */
export function suite(o: {
  files: string;
  exclude?: string[];
  types?: boolean;
  timeout?: number;
}): ViteUserConfig {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      include: [o.files],
      exclude: ['**/node_modules/**', '**/dist/**', ...(o.exclude ?? [])],
      setupFiles: [fileURLToPath(new URL('./setup.ts', import.meta.url))],
      testTimeout: o.timeout ?? 20_000,
      pool: 'threads',
      reporters: ['default', new CountingReporter()],
      typecheck: {
        enabled: o.types ?? false,
        include: ['packages/*/test/**/*.test-d.ts'],
        tsconfig: './tsconfig.json',
      },
    },
  });
}
