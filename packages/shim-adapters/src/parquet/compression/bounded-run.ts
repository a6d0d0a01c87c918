import { createContext, Script } from 'node:vm';

/** Milliseconds that any page may take, and those that each of its kilobytes adds: a hundredth of the usual speed. */
const BASE_MS = 1000;
const MS_PER_KB = 1;

/** How long a page of so many bytes may take to decompress. */
export function patience(bytes: number): number {
  return Math.ceil(BASE_MS + (bytes / 1024) * MS_PER_KB);
}

/**
 * Calls synchronous functions of somebody else, and ends one that takes too long: a decoder in JavaScript may turn in
 * circles over a broken page, and nothing else could stop it.
 */
export class BoundedRun {
  readonly #sandbox: { run: () => void } = { run: () => undefined };
  readonly #context = createContext(this.#sandbox);
  readonly #call = new Script('run()');

  /** @throws RangeError when the work was ended; whatever it throws */
  run<T>(work: () => T, timeoutMs: number): T {
    let outcome: { readonly value: T } | undefined;
    let failure: { readonly error: unknown } | undefined;
    this.#sandbox.run = () => {
      try {
        outcome = { value: work() };
      } catch (error) {
        failure = { error };
      }
    };
    try {
      this.#call.runInContext(this.#context, { timeout: timeoutMs });
    } catch (cause) {
      throw new RangeError('a page takes too long to decompress; it is broken', { cause });
    }
    if (failure !== undefined) throw failure.error;
    if (outcome === undefined) throw new RangeError('a page was not decompressed');
    return outcome.value;
  }
}
