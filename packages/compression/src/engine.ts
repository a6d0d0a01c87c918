import type { CodecName } from './codec/codec.js';
import { codecSet, foreignSet, type CodecSet, type ForeignSet } from './codec/codec-set.js';
import { findZlib } from './codec/zlib.js';
import { checksumOf, type Checksum } from './checksum.js';
import type { BlockRunner } from './columnar/columnar.js';
import { deflateOf } from './columnar/deflate.js';
import { runJob } from './columnar/job.js';
import { wasmKernel } from './columnar/kernels/kernel.js';
import { createTwin } from './columnar/kernels/twin/twin.js';
import { createWorkspace, type Workspace } from './columnar/workspace.js';
import type { ResolvedOptions } from './options.js';
import { executorRunner } from './threads/executor-runner.js';
import { startThread } from './threads/thread.js';
import { ThreadPool } from './threads/thread-pool.js';

/** What a host can lack: it then does without, more slowly or less densely. */
export type Missing = 'zlib' | 'wasm' | 'threads' | Extract<CodecName, 'brotli' | 'zstd'>;

/** What does the work of a compressor: the codecs of this host, and where they run. */
export interface Engine {
  readonly codecs: CodecSet;
  readonly foreign: ForeignSet;
  readonly checksum: Checksum;
  /** Threads of its own that are there now. */
  readonly threads: number;
  /** What was found missing so far: WebAssembly and threads are looked for when they are first needed. */
  readonly missing: readonly Missing[];
  close(): Promise<void>;
}

export function createEngine({
  portable,
  executor,
  threads,
}: Pick<ResolvedOptions, 'portable' | 'executor' | 'threads'>): Engine {
  const zlib = portable ? undefined : findZlib();
  let workspace: Workspace | undefined;
  let scripted = false;
  const ownWorkspace = (): Workspace => {
    if (workspace !== undefined) return workspace;
    const kernel = portable ? undefined : wasmKernel();
    scripted = kernel === undefined;
    workspace = createWorkspace(kernel ?? createTwin(), deflateOf(zlib));
    return workspace;
  };
  // The portable engine is for hosts that have neither WebAssembly nor threads.
  const pool =
    executor === undefined && threads > 0 && !portable
      ? new ThreadPool(threads, startThread, (job) => runJob(ownWorkspace(), job))
      : undefined;
  const runner: BlockRunner | undefined = executor === undefined ? pool : executorRunner(executor);
  const codecs = codecSet(zlib, { workspace: ownWorkspace, runner });
  return {
    codecs,
    foreign: foreignSet(zlib),
    checksum: checksumOf(zlib),
    get threads() {
      return pool?.threads ?? 0;
    },
    get missing() {
      const missing: Missing[] = [];
      if (zlib === undefined) missing.push('zlib');
      if (codecs.brotli === undefined) missing.push('brotli');
      if (codecs.zstd === undefined) missing.push('zstd');
      if (scripted) missing.push('wasm');
      if (pool?.unavailable === true) missing.push('threads');
      return missing;
    },
    async close() {
      await pool?.close();
      workspace = undefined;
    },
  };
}
