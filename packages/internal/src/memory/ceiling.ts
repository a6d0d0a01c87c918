/** What tells how much memory the machine has. */
interface Host {
  readonly process?: {
    getBuiltinModule?: (id: 'node:os') => { totalmem(): number } | undefined;
  };
}

/** The most bytes that one allocation is tried for: those of the machine; unknown, no bound. */
export function allocationCeiling(host: Host = globalThis): number {
  return host.process?.getBuiltinModule?.('node:os')?.totalmem() ?? Infinity;
}

const ceiling = allocationCeiling();

/**
 * Refuses to try what no machine can give. The engine would say so itself, but from Node 26 on it ends the thread
 * instead when that is no main thread.
 * @throws RangeError in the words of V8
 */
export function requireAllocatable(bytes: number): void {
  if (bytes > ceiling) throw new RangeError(`Array buffer allocation failed: ${String(bytes)} bytes`);
}
