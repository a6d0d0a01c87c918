import { AsyncLocalStorage } from 'node:async_hooks';

/*
 * Who waits for whom, so that a conversion that waits for its own result, directly or through others, is told so
 * instead of waiting for ever. The running code is traced to its conversion by one context for all caches, because two
 * caches can wait for each other as well.
 *
 * While such a context is in use, Node 20 runs every promise of the process more slowly (measured: about 0.1 us each).
 * So it is switched off whenever no conversion is under way.
 */
const context = new AsyncLocalStorage<Waiter>();
let running = 0;

/** A conversion under way, as one that waits for the results of others. */
export class Waiter {
  readonly label: string;
  /** Those it waits for, with the number of calls that wait. */
  readonly #waitsFor = new Map<Waiter, number>();

  constructor(label: string) {
    this.label = label;
  }

  add(other: Waiter): void {
    this.#waitsFor.set(other, (this.#waitsFor.get(other) ?? 0) + 1);
  }

  remove(other: Waiter): void {
    const calls = (this.#waitsFor.get(other) ?? 0) - 1;
    if (calls > 0) this.#waitsFor.set(other, calls);
    else this.#waitsFor.delete(other);
  }

  /** Whether it is, or waits for, that one. */
  leadsTo(target: Waiter): boolean {
    const reached = new Set<Waiter>([this]);
    for (const waiter of reached) {
      if (waiter === target) return true;
      for (const next of waiter.#waitsFor.keys()) reached.add(next);
    }
    return false;
  }
}

/** The conversion that the running code belongs to. It may have ended: then nobody waits for it any more. */
export function currentWaiter(): Waiter | undefined {
  return context.getStore();
}

/** Runs a conversion so that everything it does, now and later, belongs to the waiter. */
export async function runAs<V>(waiter: Waiter, convert: () => V | Promise<V>): Promise<V> {
  running += 1;
  try {
    return await context.run(waiter, convert);
  } finally {
    running -= 1;
    if (running === 0) context.disable();
  }
}
