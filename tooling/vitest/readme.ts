import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs the first `ts` example of a package's README against the sources and returns what it logged, a line each.
 * The example is written to a file beside the tests while it runs, so that its imports resolve as a user's would.
 */
export async function runReadmeExample(
  packageDir: string,
  readme: string = join(packageDir, 'README.md'),
): Promise<string[]> {
  const code = await firstExample(readme);
  const folder = join(packageDir, 'test', '.readme');
  const file = join(folder, `example-${String(process.pid)}.ts`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, code);
  const lines: string[] = [];
  const { log } = console;
  console.log = (...parts: unknown[]) => {
    lines.push(parts.map(String).join(' '));
  };
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    console.log = log;
    await rm(folder, { recursive: true, force: true });
  }
  return lines;
}

/** The text of the first fenced block marked `ts`. */
export async function firstExample(readme: string): Promise<string> {
  const text = await readFile(readme, 'utf8');
  const example = /^```ts\n([\s\S]*?)^```/m.exec(text)?.[1];
  if (example === undefined) throw new Error(`${readme} has no example marked ts`);
  return example;
}
