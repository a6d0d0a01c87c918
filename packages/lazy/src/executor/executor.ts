import type { MessagePort } from 'node:worker_threads';

/** What may be moved to another thread instead of being copied: ArrayBuffers, MessagePorts, FileHandles. */
export type Transferable = NonNullable<Parameters<MessagePort['postMessage']>[1]>[number];

/** Work that any thread can find: a module, the name of a function it exports, and the function's argument. */
export interface Task {
  /**
   * Where the function lives: a URL (best: `import.meta.url` of the module that exports it), an absolute path, or a
   * package name. A package name is resolved from where `@perf/lazy` is installed, which strict installers such as
   * pnpm keep apart from your own packages: prefer a URL. A relative path is refused.
   */
  readonly module: string;
  /** The exported function, called as `(args, { signal })`; `'default'` names the default export. */
  readonly export: string;
  /** What the function is given. On a worker it is copied by structured clone, except for what is in `transfer`. */
  readonly args: unknown;
  /** Buffers inside `args` to move instead of copy. The sender's are detached (length 0) once the task has begun. */
  readonly transfer?: Transferable[];
}

/** How a single task is run. */
export interface RunOptions {
  /** Gives the task up: a waiting one never begins, a running one is stopped. Rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Waiting tasks with a higher number go first; equal ones in the order they came. Default 0. */
  readonly priority?: number | undefined;
}

/** Where work runs: in this thread, on worker threads, or anywhere that can find a module and an export. */
export interface Executor {
  run<R>(task: Task, o?: RunOptions): Promise<R>;
  /** How many tasks can make progress at the same time. */
  readonly concurrency: number;
}

/** What an executor passes to the function it calls, beside the task's `args`. */
export interface TaskContext {
  /**
   * On the inline executor, the caller's signal: watch it in long work. On a worker it never fires, because aborting
   * stops the whole thread.
   */
  readonly signal: AbortSignal;
}
