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

/** What comes of a job: bytes, or in words why there are none. */
export type JobResult = Uint8Array<ArrayBuffer> | string;

/** The result of a job, and the memory that can be moved with it. */
export interface MovedResult {
  readonly value: JobResult;
  readonly transfer: readonly ArrayBuffer[];
  readonly [TRANSFER]: true;
}

let workspace: Workspace | undefined;

/** Does a job with the workspace of this thread. Blocks that cannot be read are an answer, not an error. */
export function blockTask(job: BlockJob): MovedResult {
  workspace ??= createWorkspace(createKernel(), deflateOf(findZlib()));
  try {
    const value = runJob(workspace, job);
    return { value, transfer: [value.buffer], [TRANSFER]: true };
  } catch (error) {
    return { value: String(error), transfer: [], [TRANSFER]: true };
  }
}
