import { CgroupMemory } from './cgroup.js';
import { readMachine } from './machine.js';
import type { MemoryReading } from './reading.js';
import { shareOf } from './sampler.js';
import type { MemorySources } from './sources.js';

/** Who sets a limit: V8, a control group, the machine. */
export type LimitKind = 'heap' | 'cgroup' | 'machine';

/** What is in use of one limit. */
export interface LimitReading extends MemoryReading {
  readonly limit: LimitKind;
}

/**
 * The limits that a process has, whoever sets them: V8's heap limit, the memory limits of its control groups (version
 * 1 or 2, what containers and services are limited by), the memory of the machine. What is not there (a limit, a file,
 * a whole mechanism: macOS and Windows have no control groups) is passed over. On macOS, which does not tell what it
 * could free, the machine's part is this process alone. The heap counts what the next collection will free; memory
 * outside of it (`ArrayBuffer`) counts for the group and the machine.
 */
export class SystemLimits {
  readonly #sources: MemorySources;
  readonly #cgroup: CgroupMemory;

  constructor(sources: MemorySources) {
    this.#sources = sources;
    this.#cgroup = new CgroupMemory(sources);
  }

  /** One reading for each limit there is; the heap's is the first. */
  read(): readonly LimitReading[] {
    return [
      { limit: 'heap', ...this.#sources.heap() },
      ...this.#cgroup.read().map((reading): LimitReading => ({ limit: 'cgroup', ...reading })),
      { limit: 'machine', ...readMachine(this.#sources) },
    ];
  }
}

/** The one of which the largest share is in use; the first of equals. */
export function nearest<Reading extends MemoryReading>(first: Reading, others: readonly Reading[]): Reading {
  return others.reduce((found, other) => (shareOf(other) > shareOf(found) ? other : found), first);
}
