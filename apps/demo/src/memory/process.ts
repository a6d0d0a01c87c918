/** The process that opens one table and uses some of its columns, and tells its parent what that took. */
import { optimize } from '@perf/shim-adapters';
import { createPipeline } from '../pipeline.js';
import { datasetPath } from '../datasets.js';
import type { MemoryReport } from './report.js';
import { PeakMemory } from './peak.js';

const COLUMNS = ['delay', 'distance', 'origin'];
const [way, used = '1'] = process.argv.slice(2);

const pipeline = createPipeline();
// Without the cache, which keeps, and compresses, whatever comes by either way.
const converter = optimize(pipeline.registry, { lazy: pipeline.lazy });
const memory = new PeakMemory();
const before = held();
const started = performance.now();
const request = {
  source: { path: datasetPath('flights-3m.parquet') },
  from: 'parquet',
  to: 'columns',
} as const;

// What was converted stays in reach until it is weighed.
const kept: unknown[] = [];
if (way === 'eager') {
  kept.push((await converter.convert(request)).data);
} else {
  const table = converter.open(request);
  for (const name of COLUMNS.slice(0, Number(used))) kept.push(await table.column(name));
}
const durationMs = performance.now() - started;
const peakGrowthBytes = memory.growth;
const report: MemoryReport = { peakGrowthBytes, heldBytes: held() - before, durationMs, values: kept.length };
await pipeline.close();
process.send?.(report);
if (process.connected) process.disconnect();

/** What is held once everything that can be collected was. */
function held(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
