/** The process that serves one stream. It is told what to serve by its arguments and reports to its parent. */
import { readDatasets } from '../datasets.js';
import { drawRequests } from '../workload.js';
import type { ServerMessage } from './messages.js';
import { servePlainly } from './plain-server.js';
import { serveWithSuite } from './suite-server.js';

const [server, count = '200', seed = '1'] = process.argv.slice(2);
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

const report =
  server === 'plain'
    ? await servePlainly(requests, sources, onProgress)
    : await serveWithSuite(requests, sources, Number(seed), onProgress);
tell({ type: 'report', report });
if (process.connected) process.disconnect();
