/** Ceilings of what a program bundles when it imports an entry: minified and compressed, peers and dependencies left out. */
const node = (config) => ({
  ...config,
  platform: 'node',
  format: 'esm',
  external: [...(config.external ?? []), 'node:*'],
});

const entry = (name, file, limit, ignore = []) => ({
  name,
  path: `packages/${file}`,
  limit,
  ignore,
  modifyEsbuildConfig: node,
});

export default [
  entry('@perf/cache', 'cache/dist/index.js', '34 KB', ['lru-cache']),
  entry('@perf/compression', 'compression/dist/index.js', '40 KB', ['fflate']),
  entry('@perf/lazy', 'lazy/dist/index.js', '19 KB', ['piscina']),
  entry('@perf/benchmark', 'benchmark/dist/index.js', '22 KB'),
  entry('@perf/selector', 'selector/dist/index.js', '16 KB'),
  entry('@perf/shim-adapters', 'shim-adapters/dist/index.js', '49 KB'),
  entry('@perf/shim-adapters/arrow', 'shim-adapters/dist/arrow/index.js', '20 KB', ['@uwdata/flechette']),
  entry('@perf/shim-adapters/parquet', 'shim-adapters/dist/parquet/index.js', '31 KB', [
    'hyparquet',
    'hyparquet-compressors',
  ]),
  entry('@perf/shim-adapters/duckdb', 'shim-adapters/dist/duckdb/index.js', '33 KB', [
    '@duckdb/node-api',
    '@duckdb/node-bindings',
    'hyparquet',
    'hyparquet-compressors',
  ]),
  entry('@perf/shim-adapters/suite', 'shim-adapters/dist/optimize/suite.js', '77 KB', [
    '@perf/benchmark',
    '@perf/cache',
    '@perf/compression',
    '@perf/lazy',
    '@perf/selector',
    '@uwdata/flechette',
    'hyparquet',
    'hyparquet-compressors',
    '@msgpack/msgpack',
  ]),
  entry('@perf/shim-adapters/csv', 'shim-adapters/dist/csv/index.js', '24 KB'),
  entry('@perf/shim-adapters/json', 'shim-adapters/dist/json/index.js', '25 KB'),
  entry('@perf/shim-adapters/ndarray', 'shim-adapters/dist/ndarray/index.js', '10 KB'),
  entry('@perf/shim-adapters/sparse', 'shim-adapters/dist/sparse/index.js', '12 KB'),
  entry('@perf/shim-adapters/time-series', 'shim-adapters/dist/time-series/index.js', '9 KB'),
  entry('@perf/shim-adapters/msgpack', 'shim-adapters/dist/msgpack/index.js', '15 KB', ['@msgpack/msgpack']),
  entry('@perf/shim-adapters/worker-task', 'shim-adapters/dist/optimize/worker-task.js', '8 KB'),
];
