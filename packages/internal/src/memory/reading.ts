/** How scarce memory is. */
export type MemoryPressure = 'none' | 'moderate' | 'critical';

/** Bytes in use, and how many there may be. */
export interface MemoryReading {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/** Tells how much memory is in use. */
export interface MemoryReader {
  read(): MemoryReading;
  readonly pressure: MemoryPressure;
  /** Calls the listener each time that `pressure` has changed, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}
