/** Runs an export of a module somewhere: on another thread, or on this one. `@perf/lazy` has two. */
export interface Executor {
  /** How many tasks make progress at the same time. */
  readonly concurrency: number;
  run<R>(
    task: { module: string; export: string; args: unknown; transfer?: ArrayBuffer[] },
    o?: { signal?: AbortSignal },
  ): Promise<R>;
}
