// @boundaries-ignore the runner depends on this package, so it cannot be a dependency of it
import { callable, type Bench } from '../../../tooling/bench/src/bench.js';

type Work = () => unknown;

const BATCH = 64;

/** A harness that times two functions for so long and gives the ratio of its two means. */
export interface Peer {
  readonly name: string;
  readonly ratio: (base: Work, candidate: Work, pairMs: number) => Promise<number>;
}

export async function loadPeers(bench: Bench): Promise<Peer[]> {
  const tinybench = await bench.peer('tinybench');
  const measure = await loadMitata(bench);
  return [
    {
      name: 'tinybench',
      async ratio(base, candidate, pairMs) {
        // A tenth of the time for its warm-up: with its default it would not be measuring in the time given.
        const options = { time: 0.45 * pairMs, warmupTime: 0.05 * pairMs, warmupIterations: 1 };
        const suite = construct(tinybench, 'Bench', options);
        const add = method(suite, 'add');
        add('base', base);
        add('candidate', candidate);
        const tasks: unknown = await method(suite, 'run')();
        if (!Array.isArray(tasks)) throw new TypeError('tinybench gave no list of tasks');
        const [first, second] = tasks.map((task) => number(task, ['result', 'latency', 'mean']));
        return (second ?? Number.NaN) / (first ?? Number.NaN);
      },
    },
    {
      name: 'mitata',
      async ratio(base, candidate, pairMs) {
        // Twelve batches of its usual 4096 calls would take seconds here.
        const first = await measure(base, pairMs / 2, BATCH);
        return (await measure(candidate, pairMs / 2, BATCH)).meanNs / first.meanNs;
      },
    },
  ];
}

/** Nanoseconds per call, as mitata measures them. */
export async function loadMitata(
  bench: Bench,
): Promise<(work: Work, ms: number, batch?: number) => Promise<{ meanNs: number; medianNs: number }>> {
  const measure = callable(await bench.peer('mitata'), 'measure');
  return async (work, ms, batch) => {
    const stats = await measure(work, {
      min_cpu_time: ms * 1e6,
      ...(batch === undefined ? {} : { batch_samples: batch }),
    });
    return { meanNs: number(stats, ['avg']), medianNs: number(stats, ['p50']) };
  };
}

function construct(module: unknown, name: string, options: object): object {
  const found: unknown = Reflect.get(Object(module) as object, name);
  if (typeof found !== 'function') throw new TypeError(`the peer has no class '${name}'`);
  const made: unknown = Reflect.construct(found, [options]);
  return made as object;
}

function method(target: object, name: string): (...args: unknown[]) => unknown {
  const found: unknown = Reflect.get(target, name);
  if (typeof found !== 'function') throw new TypeError(`the peer has no method '${name}'`);
  return (...args) => Reflect.apply(found, target, args) as unknown;
}

function number(value: unknown, path: readonly string[]): number {
  let found: unknown = value;
  for (const name of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  }
  if (typeof found !== 'number') throw new TypeError(`the peer gave no number '${path.join('.')}'`);
  return found;
}
