/**
 * The entry of the watching thread, built to a file of its own because Node loads it by itself. It reads the memory of the
 * whole process on its own schedule, so it also sees what happens while the thread under test is busy.
 */
import { workerData } from 'node:worker_threads';
import { SharedWatch, type WatchOrder } from './shared-watch.js';

const order: unknown = workerData;

if (isOrder(order)) {
  const { intervalMs } = order;
  const watch = new SharedWatch(order.shared);
  const read = (): number => process.memoryUsage.rss();
  const at = (): number => Number(process.hrtime.bigint()) / 1e6;
  while (!watch.stopped) {
    watch.look(read, at);
    watch.sleep(intervalMs);
  }
}

function isOrder(value: unknown): value is WatchOrder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'shared' in value &&
    value.shared instanceof SharedArrayBuffer &&
    'intervalMs' in value &&
    typeof value.intervalMs === 'number'
  );
}
