import type { MemoryReading } from './reading.js';
import type { MemorySources } from './sources.js';

/** Where a version of control groups says what (kernel documentation, cgroup-v2.rst and cgroup-v1/memory.rst). */
interface Version {
  readonly root: string;
  readonly limit: string;
  readonly usage: string;
  /** The line of `memory.stat` with the file cache that the kernel drops before it refuses anybody memory. */
  readonly reclaimable: RegExp;
}

const V2: Version = {
  root: '/sys/fs/cgroup',
  limit: 'memory.max',
  usage: 'memory.current',
  reclaimable: /^inactive_file (\d+)$/m,
};
const V1: Version = {
  root: '/sys/fs/cgroup/memory',
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  reclaimable: /^total_inactive_file (\d+)$/m,
};
const V1_LINE = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m;
const V2_LINE = /^0::(\/.*)$/m;

/**
 * The limits that the process's control group and those around it set; the one of an outer group binds as well. In a
 * container the path may be that of the host, of which only the root can be seen: what is not there is passed over.
 */
export class CgroupMemory {
  readonly #sources: MemorySources;
  #groups: readonly { readonly directory: string; readonly version: Version }[] | undefined;

  constructor(sources: MemorySources) {
    this.#sources = sources;
  }

  /** One reading for each limit there is. */
  read(): readonly MemoryReading[] {
    this.#groups ??= this.#find();
    return this.#groups.flatMap(({ directory, version }) => this.#group(directory, version) ?? []);
  }

  /** The groups that can have a limit; looked for once, as a process hardly ever moves to another group. */
  #find(): readonly { readonly directory: string; readonly version: Version }[] {
    const text = this.#sources.readText('/proc/self/cgroup') ?? '';
    const v1 = V1_LINE.exec(text)?.[1];
    const version = v1 === undefined ? V2 : V1;
    const path = v1 ?? V2_LINE.exec(text)?.[1];
    if (path === undefined) return [];
    return ancestry(path)
      .map((group) => ({ directory: `${version.root}${group}`, version }))
      .filter(({ directory }) => this.#sources.readText(`${directory}/${version.limit}`) !== undefined);
  }

  #group(directory: string, { limit, usage, reclaimable }: Version): MemoryReading | undefined {
    const limitBytes = wholeNumber(this.#sources.readText(`${directory}/${limit}`));
    // 'max', or in version 1 the largest number there is.
    if (limitBytes === undefined || limitBytes > Number.MAX_SAFE_INTEGER) return undefined;
    const current = wholeNumber(this.#sources.readText(`${directory}/${usage}`));
    if (current === undefined) return undefined;
    const stat = this.#sources.readText(`${directory}/memory.stat`) ?? '';
    const usedBytes = Math.max(0, current - Number(reclaimable.exec(stat)?.[1] ?? 0));
    return { usedBytes, limitBytes };
  }
}

/** `/a/b` as `/a/b`, `/a` and the root. A path that leads out of what the process can see leaves the root alone. */
function ancestry(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  if (names.includes('..')) return [''];
  return [...names.keys(), names.length].reverse().map((count) =>
    names
      .slice(0, count)
      .map((name) => `/${name}`)
      .join(''),
  );
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}
