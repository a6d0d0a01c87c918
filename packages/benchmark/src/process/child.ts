import type { Conversation, Topic } from './protocol.js';

/** A process of its own that answers one question at a time. */
export interface Child {
  /**
   * Rejects with what the task threw; `ERR_PERF_BENCHMARK_CHILD` when the process ends first, `_TIMEOUT` when it has not answered in
   * time (it is ended then), `_ABORTED` with the signal.
   */
  ask<T extends Topic>(
    topic: T,
    question: Conversation[T]['asks'],
    o: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<Conversation[T]['answers']>;
  /** Ends the process at once, whatever it is doing. Again: nothing more. */
  close(): void;
}

/** Starts fresh processes. A test passes its own. */
export interface ChildHost {
  start(name: string): Child;
}
