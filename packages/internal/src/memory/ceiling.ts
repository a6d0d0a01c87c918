/** What tells on which thread this is, and how much memory the machine has. */
interface Host {
  readonly process?: {
    getBuiltinModule?(id: 'node:os'): { totalmem(): number } | undefined;
    getBuiltinModule?(id: 'node:worker_threads'): { readonly isMainThread: boolean } | undefined;
  };
}

/** The most bytes that one allocation is tried for on this thread: on the main thread, or unknown, any number. */
export function allocationCeiling({ process }: Host = globalThis): number {
  if (process?.getBuiltinModule?.('node:worker_threads')?.isMainThread !== false) return Infinity;
  return process.getBuiltinModule('node:os')?.totalmem() ?? Infinity;
}

const ceiling = allocationCeiling();

/**
 * Refuses to try what the machine cannot give. V8 says so itself, but from Node 26 on a failed allocation ends the thread
 * instead where that is not the main one.
 * @throws RangeError in the words of V8
 */
export function requireAllocatable(bytes: number, limit: number = ceiling): void {
  if (bytes > limit) throw new RangeError(`Array buffer allocation failed: ${String(bytes)} bytes`);
}
