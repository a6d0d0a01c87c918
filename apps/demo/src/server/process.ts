/** The process that serves one stream. It is told what to serve by its arguments and reports to its parent. */
import { readDatasets } from '../datasets.js';
import { drawRequests } from '../workload.js';
import { serveHandCached } from './hand-cached-server.js';
import { isServerKind, type ServerKind, type ServerMessage, type ServerReport } from './messages.js';
import { servePlainly } from './plain-server.js';
import { serveWithSuite } from './suite-server.js';

const [given, count = '200', seed = '1'] = process.argv.slice(2);
const server: ServerKind = isServerKind(given) ? given : 'adaptive';
const requests = drawRequests({ requests: Number(count), seed: Number(seed) });
const sources = await readDatasets();
const started = performance.now();
let lastTold = 0;

function tell(message: ServerMessage): void {
  process.send?.(message);
}

function onProgress(done: number): void {
  const now = performance.now();
  if (now - lastTold < 100 && done < requests.length) return;
  lastTold = now;
  tell({ type: 'progress', done, total: requests.length, ms: now - started });
}

function serve(): Promise<ServerReport> {
  switch (server) {
    case 'plain':
      return servePlainly(requests, sources, onProgress);
    case 'hand-cached':
      return serveHandCached(requests, sources, onProgress);
    case 'predictable':
    case 'low-memory':
    case 'adaptive':
      return serveWithSuite(server, { requests, sources, seed: Number(seed) }, onProgress);
  }
}

tell({ type: 'report', report: await serve() });
if (process.connected) process.disconnect();
