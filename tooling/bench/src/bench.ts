import type { BenchmarkResult, ComparisonResult, PerformanceBenchmark } from '@perf/benchmark';

/** For benches that measure in processes of their own. */
export { PerformanceBenchmark } from '@perf/benchmark';

/** What a bench file is handed. Bench files are benches, not tests: they report whatever comes out. */
export interface Bench {
  /** The harness that all figures come from. */
  readonly benchmark: PerformanceBenchmark;
  /** A short run, to see whether the bench works; its figures are not worth quoting. */
  readonly quick: boolean;
  /** Loads a library that stands beside ours, from `tooling/bench-peers`. */
  readonly peer: (name: string) => Promise<unknown>;
  /** Loads another package of this house, as it is built, which the one under test must not depend on. */
  readonly sibling: (specifier: string) => Promise<unknown>;
  /** Reports a comparison under a title. */
  readonly comparison: (title: string, result: ComparisonResult) => void;
  /** Reports measurements under a title. */
  readonly measurements: (title: string, results: readonly BenchmarkResult[]) => void;
  /** Reports figures that are not times, a line each. */
  readonly figures: (title: string, figures: Readonly<Record<string, string>>) => void;
  /** Reports rows of cells under column titles. */
  readonly table: (title: string, columns: readonly string[], rows: readonly (readonly string[])[]) => void;
}

/** What a `*.bench.ts` file exports as default. */
export type BenchFile = (bench: Bench) => Promise<void>;

/** A function found in a peer, or a method of an object that it gave; its types are not installed here. */
export function callable(module: unknown, path: string): (...args: unknown[]) => unknown {
  let found: unknown = module;
  for (const name of path.split('.')) {
    found =
      (typeof found === 'object' && found !== null) || typeof found === 'function'
        ? Reflect.get(found, name)
        : undefined;
  }
  if (typeof found !== 'function') throw new TypeError(`the peer has no function '${path}'`);
  const target = found;
  return (...args) => Reflect.apply(target, module, args) as unknown;
}

/** An instance of a class found in a peer. */
export function construct(module: unknown, name: string, ...args: unknown[]): unknown {
  const found: unknown =
    typeof module === 'object' && module !== null ? Reflect.get(module, name) : undefined;
  if (typeof found !== 'function') throw new TypeError(`the peer has no class '${name}'`);
  return Reflect.construct(found, args) as unknown;
}
