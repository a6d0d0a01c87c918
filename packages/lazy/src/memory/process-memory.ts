import { systemSources, type MemorySources } from '@perf/internal/memory/sources';

/** What Node says of the memory of this process and thread, in bytes. */
export interface ProcessUsage {
  readonly rss: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

/** Everything from outside that a monitor reads. Tests pass their own. */
export interface MonitorSources extends MemorySources {
  usage(): ProcessUsage;
}

/** Node, V8 and the operating system. */
export const systemMonitorSources: MonitorSources = {
  ...systemSources,
  usage: () => process.memoryUsage(),
};

/** The memory of the process itself, in bytes. */
export interface ProcessMemory {
  readonly rssBytes: number;
  readonly anonymousBytes: number;
  readonly externalBytes: number;
  readonly arrayBufferBytes: number;
}

// In kilobytes, unlike statm, whose pages are of a size that a program would have to guess.
const RESIDENT = /^VmRSS:\s+(\d+) kB$/m;
const ANONYMOUS = /^RssAnon:\s+(\d+) kB$/m;

/** Reads the memory of the process: from Linux where it tells more than Node. */
export function readProcess(sources: MonitorSources): ProcessMemory {
  const { rss, external, arrayBuffers } = sources.usage();
  const status = sources.readText('/proc/self/status') ?? '';
  const rssBytes = kilobytes(RESIDENT.exec(status)) ?? rss;
  return {
    rssBytes,
    anonymousBytes: kilobytes(ANONYMOUS.exec(status)) ?? rssBytes,
    externalBytes: external,
    arrayBufferBytes: arrayBuffers,
  };
}

function kilobytes(found: RegExpExecArray | null): number | undefined {
  return found === null ? undefined : 1024 * Number(found[1]);
}
