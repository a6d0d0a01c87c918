/** Streams over files larger than memory should hold, each to be called in a process of its own. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defaultRegistry } from '@perf/shim-adapters';
import { arrowAdapter } from '@perf/shim-adapters/arrow';
import { callable } from '@perf/tooling-bench';

export interface Streaming {
  readonly path: string;
  readonly out: string;
}

/** csv to arrow-ipc, written to a file as it comes. */
export async function csvToArrowIpc({ path, out }: Streaming): Promise<number> {
  const registry = defaultRegistry().register(arrowAdapter());
  const file = await open(out, 'w');
  let rows = 0;
  try {
    for await (const piece of registry.stream({ source: { path }, from: 'csv', to: 'arrow-ipc' })) {
      await file.writev([piece.data]);
      rows += piece.rows;
    }
  } finally {
    await file.close();
  }
  return rows;
}

/** csv-parse as a stream of records of text, which are counted and let go. */
export async function csvParseStream({ path }: Pick<Streaming, 'path'>): Promise<number> {
  const peers = createRequire(
    fileURLToPath(new URL('../../../tooling/bench-peers/package.json', import.meta.url)),
  );
  const library = (await import(pathToFileURL(peers.resolve('csv-parse')).href)) as unknown;
  const parser = callable(library, 'parse')() as NodeJS.ReadWriteStream;
  let rows = 0;
  createReadStream(path, { highWaterMark: 2 ** 20 }).pipe(parser);
  parser.on('data', () => {
    rows += 1;
  });
  await finished(parser);
  return rows;
}
