import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** Where figures come from: without it two reports cannot be compared. */
export interface Environment {
  /** Model of the first core, as the system names it; `'unknown'` where it does not. */
  readonly cpu: string;
  /** Cores this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly arch: string;
  /** Release of the operating system. */
  readonly release: string;
  readonly node: string;
  readonly v8: string;
  /** Flags of this process, since they change what the engine does. */
  readonly flags: readonly string[];
}

/** The environment of this process. */
export function readEnvironment(): Environment {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: process.platform,
    arch: process.arch,
    release: release(),
    node: process.versions.node,
    v8: process.versions.v8,
    flags: [...process.execArgv],
  };
}
