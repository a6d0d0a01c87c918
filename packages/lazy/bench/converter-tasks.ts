/** A hundred tables of numbers of which ten are used, each way to be called in a process of its own. */
import { Ledger, LazyLoadingManager, MemoryMonitor, type Convertible } from '@perf/lazy';

export interface Opening {
  readonly tables: number;
  readonly used: number;
  readonly rows: number;
}

/** Makes a table of a million numbers or so out of its seed, as a conversion would. */
const numbers: Convertible<Float64Array, { seed: number; rows: number }> = {
  convert: ({ seed, rows }) => Float64Array.from({ length: rows }, (_, row) => seed + Math.sqrt(row)),
  estimateCost: ({ rows }: { rows: number }) => ({ bytes: 8 * rows, durationMs: 10 }),
};

// What was converted stays in reach, so that what is held can be weighed.
const kept: unknown[] = [];

/** All of them at once. */
export function eager({ tables, rows }: Opening): number {
  for (let seed = 0; seed < tables; seed += 1) kept.push(numbers.convert({ seed, rows }));
  return kept.length;
}

/** A converter for each, and some of them loaded. */
export async function lazy({ tables, used, rows }: Opening): Promise<number> {
  const manager = new LazyLoadingManager({ memory: false });
  const converters = Array.from({ length: tables }, (_, seed) =>
    manager.createLazyConverter(numbers, { seed, rows }),
  );
  kept.push(manager, converters);
  for (const converter of converters.slice(0, used)) await converter.load();
  return kept.length;
}

/** What the ledger has, and what the process really took for it: bytes. */
export async function books({
  used,
  rows,
}: Opening): Promise<{ ledger: number; arrayBuffers: number; anonymous: number }> {
  const ledger = new Ledger();
  const manager = new LazyLoadingManager({ memory: false, ledger });
  using monitor = new MemoryMonitor({ ledger });
  globalThis.gc?.();
  const before = monitor.readNow();
  const converters = Array.from({ length: used }, (_, seed) =>
    manager.createLazyConverter(numbers, { seed, rows }),
  );
  for (const converter of converters) await converter.load();
  globalThis.gc?.();
  const after = monitor.readNow();
  kept.push(manager, converters);
  return {
    ledger: after.ledgerBytes,
    arrayBuffers: after.arrayBufferBytes - before.arrayBufferBytes,
    anonymous: after.anonymousBytes - before.anonymousBytes,
  };
}
