import type { MemoryPressure, MemoryReader } from '@perf/internal/memory/reading';

/**
 * How scarce memory is. A reader that fails, such as a monitor that was closed by its owner, says nothing: work under way
 * must not fail for it.
 */
export function pressureOf(memory: MemoryReader | undefined): MemoryPressure {
  try {
    return memory?.pressure ?? 'none';
  } catch {
    return 'none';
  }
}

/** Listens to a reader, if it lets anybody; returns how to stop. */
export function listenTo(memory: MemoryReader | undefined, listener: () => void): () => void {
  try {
    return memory?.subscribe(listener) ?? nothing;
  } catch {
    return nothing;
  }
}

function nothing(): void {
  // Nobody was listening.
}
