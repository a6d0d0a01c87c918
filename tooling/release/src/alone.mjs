/**
 * One package is enough: each tarball is installed alone in an empty folder, imported and required, compiled against
 * and run. Fails when another package of the house comes along.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Compilers } from './compilers.mjs';
import { Consumer, readmeExample } from './consumer.mjs';
import { packAll } from './tarballs.mjs';

/** What each package does on a thread of its own, from where it is installed. */
const ON_A_THREAD = {
  lazy: `import { WorkerExecutor } from '@perf/lazy';
    import { writeFileSync } from 'node:fs';
    import { pathToFileURL } from 'node:url';
    writeFileSync('task.mjs', "import { isMainThread } from 'node:worker_threads'; export const where = () => isMainThread;");
    await using executor = new WorkerExecutor({ threads: 1 });
    const isMain = await executor.run({ module: pathToFileURL('task.mjs').href, export: 'where', args: null });
    if (isMain !== false) throw new Error('it did not run on a thread');`,
  compression: `import { Compressor } from '@perf/compression';
    await using compressor = new Compressor({ codec: 'columnar' });
    const numbers = Float64Array.from({ length: 1_000_000 }, (_, i) => i / 4);
    const back = await compressor.decompress(await compressor.compress(numbers));
    if (back.length !== numbers.length || back[999] !== numbers[999]) throw new Error('it came back as something else');`,
  benchmark: `import { PerformanceBenchmark } from '@perf/benchmark';
    const { peakBytes } = await new PerformanceBenchmark().profileMemory(() => new Uint8Array(2 ** 25).fill(1).length);
    if (!(peakBytes > 2 ** 24)) throw new Error('the memory of a task was not seen');`,
};

/** A file of Parquet with a list in it, which only the peer reads. */
const NESTED = Buffer.from(
  parquetWriteBuffer({
    columnData: [{ name: 'tags', data: [['a', 'b'], []] }],
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'tags', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ],
  }),
).toString('base64');

/** What entries do that need their peers for a part of their work only. */
const WITHOUT_PEERS = {
  './parquet': `import { defaultRegistry } from '@perf/shim-adapters';
    import { parquetAdapter } from '@perf/shim-adapters/parquet';
    const registry = defaultRegistry().register(parquetAdapter());
    const { data } = await registry.convert({ source: { value: 'a,b\\n1,x\\n' }, from: 'csv', to: 'parquet' });
    const back = await registry.convert({ source: { value: data }, from: 'parquet', to: 'csv' });
    if (Buffer.from(back.data).toString() !== 'a,b\\n1,x\\n') throw new Error('it came back as something else');`,
  // The one entry that is made of its peers: Node itself names the one that is missing.
  './suite': `const error = await import('@perf/shim-adapters/suite').catch((error) => error);
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/'@perf\\/[a-z]+'/.test(error.message)) throw error;`,
};

/** Entries of optional peers, and what using one without them must say. */
const WITHOUT_PEER = {
  './arrow': [
    'arrowAdapter',
    "source: { value: new Uint8Array(8) }, from: 'arrow-ipc', to: 'columns'",
    '@uwdata/flechette',
  ],
  './parquet': [
    'parquetAdapter',
    `source: { value: Buffer.from('${NESTED}', 'base64') }, from: 'parquet', to: 'columns'`,
    'hyparquet',
  ],
  './msgpack': [
    'msgpackAdapter',
    "source: { value: new Uint8Array([0x90]) }, from: 'msgpack', to: 'columns'",
    '@msgpack/msgpack',
  ],
  './duckdb': [
    'duckdbAdapter',
    "source: { path: 'x.parquet' }, from: 'parquet', to: 'columns'",
    '@duckdb/node-api',
  ],
};

const HEADER = ['package', 'installed', 'dependencies', 'root entry, minified'];

const folder = mkdtempSync(join(tmpdir(), 'perf-alone-'));
const problems = [];
try {
  const packages = await packAll(folder);
  const compilers = new Compilers(join(folder, 'typescript'));
  await compilers.install();
  const widths = [
    Math.max(...packages.map(({ manifest }) => manifest.name.length)),
    ...HEADER.slice(1).map((text) => text.length),
  ];
  print(HEADER, widths);
  for (const one of packages) print(await tryAlone(one, compilers), widths);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function tryAlone({ name, source, manifest, tarball }, compilers) {
  const consumer = new Consumer(join(folder, name));
  await consumer.install(tarball);
  const others = consumer.installed.filter((found) => found.startsWith('@perf/') && found !== manifest.name);
  if (others.length > 0) problems.push(`${name}: brings ${others.join(', ')} along`);
  const row = [
    manifest.name,
    megabytes(consumer.installedBytes),
    String(consumer.installed.length - 1),
    await rootBytes(consumer, manifest.name),
  ];
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  const alone = entries.filter((entry) => !needsOthers(entry));
  const specifiers = alone.map((entry) => join(manifest.name, entry));
  await attempt(
    `${name}: import`,
    consumer,
    'import.mjs',
    specifiers.map((one) => `await import('${one}');`).join('\n'),
  );
  await attempt(
    `${name}: require`,
    consumer,
    'require.cjs',
    specifiers.map((one) => `require('${one}');`).join('\n'),
  );
  const thread = ON_A_THREAD[name];
  if (thread !== undefined)
    await attempt(`${name}: on a thread`, consumer, 'thread.mjs', withoutUsing(thread));
  for (const [entry, text] of Object.entries(WITHOUT_PEERS)) {
    if (entries.includes(entry)) await attempt(`${name}: ${entry} without peers`, consumer, 'part.mjs', text);
  }
  for (const [entry, [maker, request, peer]] of Object.entries(WITHOUT_PEER)) {
    if (!entries.includes(entry)) continue;
    const text = `import { ${maker} } from '${join(manifest.name, entry)}';
      try { await ${maker}().convert({ ${request} }); } catch (error) {
        if (!error.message.includes('${peer}') || !/install/.test(error.message)) throw error;
        process.exit(0);
      }
      throw new Error('it worked without ${peer}');`;
    await attempt(`${name}: ${entry} without ${peer}`, consumer, 'peer.mjs', text);
  }
  await consumer.install('--save-dev', '@types/node@20');
  consumer.write('use.ts', specifiers.map((one, i) => `export * as e${i} from '${one}';`).join('\n'));
  for (const problem of await compilers.problems(consumer, 'use.ts')) problems.push(`${name}: ${problem}`);
  consumer.write('example.ts', readmeExample(source));
  try {
    await compilers.transpile(consumer, 'example.ts');
    await consumer.node('example.js');
  } catch (error) {
    problems.push(`${name}: the example of its README: ${error.message}`);
  }
  return row;
}

/** The suite wires the other packages: it is there for those who have them. */
function needsOthers(entry) {
  return entry === './suite';
}

async function attempt(what, consumer, file, text) {
  consumer.write(file, text);
  try {
    await consumer.node(file);
  } catch (error) {
    problems.push(`${what}: ${error.message}`);
  }
}

/** `await using` is younger than Node 20: the same by hand. */
function withoutUsing(text) {
  return text.replace(
    /await using (\w+) = ([^;]+);([\s\S]*)$/,
    'const $1 = $2;\ntry {$3\n} finally { await $1.close(); }',
  );
}

/** Minified bytes of the root entry with everything it brings. */
async function rootBytes(consumer, name) {
  consumer.write('entry.mjs', `export * from '${name}';`);
  const { outputFiles } = await build({
    absWorkingDir: consumer.folder,
    entryPoints: ['entry.mjs'],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    external: ['@napi-rs/*'],
  });
  return `${(outputFiles[0].contents.length / 1024).toFixed(1)} KB`;
}

function megabytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}

function print(cells, widths) {
  const padded = cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  process.stdout.write(`${padded.join('  ')}\n`);
}
