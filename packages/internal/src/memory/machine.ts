import type { MemoryReading } from './reading.js';
import type { MemorySources } from './sources.js';

const TOTAL = /^MemTotal:\s+(\d+) kB$/m;
const AVAILABLE = /^MemAvailable:\s+(\d+) kB$/m;

/** The memory of the machine; what Linux could free at once counts as free. */
export function readMachine(sources: MemorySources): MemoryReading {
  const text = sources.readText('/proc/meminfo') ?? '';
  const total = TOTAL.exec(text)?.[1];
  const available = AVAILABLE.exec(text)?.[1];
  if (total === undefined || available === undefined) return sources.machine();
  return { usedBytes: 1024 * (Number(total) - Number(available)), limitBytes: 1024 * Number(total) };
}
