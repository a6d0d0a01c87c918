/**
 * Block jobs as the work of another thread. An executor finds this module by its URL and calls its export; the threads
 * of this package's own pool call it too.
 */
import { findZlib } from '../codec/zlib.js';
import { deflateOf } from './deflate.js';
import { runJob, type BlockJob } from './job.js';
import { createKernel } from './kernels/kernel.js';
import { createWorkspace, type Workspace } from './workspace.js';

/** Marks a result whose buffers are to be moved; the executors of `@perf/lazy` look for it. */
const TRANSFER: unique symbol = Symbol.for('@perf/lazy.transfer');

/** The result of a job. Its memory is all its own, so it can be moved. */
export interface MovedBytes {
  readonly value: Uint8Array<ArrayBuffer>;
  readonly transfer: readonly ArrayBuffer[];
  readonly [TRANSFER]: true;
}

let workspace: Workspace | undefined;

/** Does a job with the workspace of this thread. */
export function blockTask(job: BlockJob): MovedBytes {
  workspace ??= createWorkspace(createKernel(), deflateOf(findZlib()));
  const value = runJob(workspace, job);
  return { value, transfer: [value.buffer], [TRANSFER]: true };
}
