import { refuseOption } from '../errors.js';
import type { Transferable } from './executor.js';

/**
 * Buffers promised to tasks that have not ended. A buffer can be moved only once, and Node 20 sends one that is
 * already gone as an empty one without a word: wrong data, far from the mistake. So every promise is checked first.
 */
export class Claims {
  readonly #claimed = new Set<Transferable>();

  /**
   * Claims all of a task's buffers, or none. Returns how to release them.
   * @throws `LazyError` `ERR_PERF_LAZY_OPTION` for one that is gone, promised to another task, or named twice
   */
  claim(transfer: readonly Transferable[]): () => void {
    const mine: Transferable[] = [];
    const release = (): void => {
      for (const item of mine) this.#claimed.delete(item);
    };
    for (const [index, item] of transfer.entries()) {
      const flaw = isDetached(item)
        ? 'has been moved away before'
        : this.#claimed.has(item)
          ? 'is promised already'
          : '';
      if (flaw !== '') {
        release();
        throw refuseOption(`task.transfer[${String(index)}] ${flaw}: a buffer can be moved only once`);
      }
      this.#claimed.add(item);
      mine.push(item);
    }
    return release;
  }
}

function isDetached(item: unknown): boolean {
  if (!(item instanceof ArrayBuffer) || item.byteLength > 0) return false;
  try {
    new Uint8Array(item);
    return false;
  } catch {
    return true;
  }
}
