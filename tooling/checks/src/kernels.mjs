/**
 * The WebAssembly modules that packages carry as base64 text are exactly what their AssemblyScript sources compile to.
 * With `--write` the texts are brought up to date; `pnpm --filter @perf/<package> kernels` does that.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { conclude, root } from './workspace.mjs';

const KERNELS = [
  {
    name: 'cache',
    source: 'assembly/xxh3.ts',
    bundled: 'src/key/xxh3/bundled-kernel.ts',
    memoryPages: [2, 2],
  },
  {
    name: 'shim-adapters',
    source: 'assembly/snappy.ts',
    bundled: 'src/parquet/compression/bundled-kernel.ts',
    memoryPages: [1, 256],
  },
  {
    name: 'compression',
    source: 'assembly/columnar.ts',
    bundled: 'src/columnar/kernels/bundled-kernel.ts',
    memoryPages: [26, 26],
  },
];

const problems = [];
for (const kernel of KERNELS) {
  const folder = join(root, 'packages', kernel.name);
  const target = join(folder, kernel.bundled);
  const text = bundled(kernel, await compiled(kernel, folder));
  if (process.argv.includes('--write')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    problems.push(
      `${kernel.name}: ${kernel.bundled} is not what ${kernel.source} compiles to; run ${command(kernel)}`,
    );
  }
}
conclude(problems);

/** The module that the source compiles to, by the compiler that the package itself depends on. */
async function compiled({ source, memoryPages }, folder) {
  const { default: asc } = await import(
    pathToFileURL(join(folder, 'node_modules', 'assemblyscript', 'dist', 'asc.js'))
  );
  let module;
  const { error, stderr } = await asc.main(
    [
      ...[source, '--outFile', 'kernel.wasm', '--runtime', 'stub', '--noAssert', '--enable', 'simd'],
      // Level 3 inlines what is called rarely: twice the size, no quicker.
      ...['--optimizeLevel', '2', '--shrinkLevel', '0'],
      ...['--initialMemory', String(memoryPages[0]), '--maximumMemory', String(memoryPages[1])],
    ],
    {
      readFile: (file) => readText(join(folder, file)),
      writeFile: (_, contents) => void (module = contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${source}: ${stderr.toString()}`, { cause: error });
  return module;
}

/** The text of a file, or `null`: the compiler asks for every place where an import may be. */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function bundled(kernel, module) {
  return [
    `// Generated from ${kernel.source} by \`${command(kernel)}\`; do not edit.`,
    'export const BUNDLED_KERNEL =',
    `  '${Buffer.from(module).toString('base64')}';`,
    '',
  ].join('\n');
}

function command({ name }) {
  return `pnpm --filter @perf/${name} kernels`;
}
