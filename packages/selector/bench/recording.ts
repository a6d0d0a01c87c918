/**
 * Real conversions, every one of them carried out in every way that is possible: how long each took, a few times over,
 * and what a converter told the selector of it. Sources are files of the mixed table, from 10 KB to 100 MB.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataCharacteristics, SelectionContext } from '@perf/selector';
import { callable, construct, type Bench } from '@perf/tooling-bench';
import { writeMixedTable } from '@perf/tooling-bench/mixed-table';
import { WAYS, type Way } from '../test/simulation/world.js';

const MB = 2 ** 20;
const COLUMNS = 10;

/** One request, with everything that was measured of it. */
export interface Recorded {
  readonly name: string;
  readonly facts: Partial<DataCharacteristics>;
  readonly context: SelectionContext;
  readonly resultBytes: number;
  /** Milliseconds of every time, by the way it was carried out. */
  readonly times: ReadonlyMap<Way, readonly number[]>;
  /** Milliseconds from the cache. */
  readonly hitMs: number;
}

interface Request {
  readonly source: { readonly path: string };
  readonly from: string;
  readonly to: string;
  readonly touched: readonly string[] | undefined;
  readonly bytes: number;
}

interface Converter {
  convert(request: object): Promise<{ readonly bytes: number }>;
  open(request: object): { column(name: string): Promise<unknown>; close(): void };
  stats(): { readonly strategies: Readonly<Record<string, number>> };
}

const SIZES = [0.01, 0.1, 1, 10];
const LARGE = 100;
const FROM = ['csv', 'json', 'ndjson', 'arrow-ipc', 'parquet'];
const TO = ['columns', 'csv', 'ndjson', 'arrow-ipc'];
const NAMES = ['id', 'big', 'price', 'score', 'category', 'city', 'name', 'token', 'time', 'flag'];

/** Records all of them; the last argument hears how far it is. */
export async function record(bench: Bench, onProgress: (line: string) => void): Promise<Recorded[]> {
  const folder = mkdtempSync(join(tmpdir(), 'perf-selector-bench-'));
  const parts = await Parts.load(bench);
  try {
    const requests = await draw(folder, parts, bench.quick);
    const recorded: Recorded[] = [];
    for (const request of requests) {
      recorded.push(await measure(request, parts, bench.quick));
      onProgress(`${String(recorded.length)} of ${String(requests.length)} requests timed`);
    }
    return recorded;
  } finally {
    await parts.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every format to the others, at every size; columns also by one and by three of ten. */
async function draw(folder: string, parts: Parts, quick: boolean): Promise<Request[]> {
  const requests: Request[] = [];
  for (const megabytes of quick ? SIZES.slice(0, 2) : [...SIZES, LARGE]) {
    const csv = join(folder, `${String(megabytes)}.csv`);
    writeMixedTable(csv, Math.max(50, Math.round((megabytes * MB) / 127)));
    for (const from of FROM) {
      const path = from === 'csv' ? csv : join(folder, `${String(megabytes)}.${from}`);
      const bytes = from === 'csv' ? megabytes * MB : await parts.write(csv, from, path);
      // Of the largest only what is asked for most: a recording has to end.
      const targets =
        megabytes < LARGE ? TO : from === 'csv' || from === 'parquet' ? ['columns', 'ndjson'] : [];
      for (const to of targets) {
        if (to === from) continue;
        requests.push({ source: { path }, from, to, touched: undefined, bytes });
        if (to !== 'columns') continue;
        for (const count of [1, 3])
          requests.push({ source: { path }, from, to, touched: NAMES.slice(2, 2 + count), bytes });
      }
    }
  }
  return requests;
}

async function measure(request: Request, parts: Parts, quick: boolean): Promise<Recorded> {
  const { source, from, to, touched, bytes } = request;
  const asked = { source, from, to };
  const { facts, context } = await parts.means(asked);
  const ways = WAYS.filter((way) =>
    way === 'lazy-loading' ? touched !== undefined : context.available?.includes(way) === true,
  );
  const times = new Map<Way, number[]>(ways.map((way) => [way, []]));
  const rounds = quick ? 2 : bytes > 50 * MB ? 3 : bytes > 5 * MB ? 5 : 9;
  let resultBytes = 0;
  // One round in every way first, to warm what is compiled and started.
  for (let round = 0; round <= rounds; round++) {
    for (const way of ways) {
      const converter = parts.converterFor(way);
      const started = performance.now();
      if (way === 'lazy-loading') {
        const handle = converter.open(asked);
        for (const name of touched ?? []) await handle.column(name);
        handle.close();
      } else resultBytes = (await converter.convert(asked)).bytes;
      if (round > 0) times.get(way)?.push(performance.now() - started);
    }
  }
  return {
    name: `${from}>${to} ${(bytes / MB).toFixed(2)} MB${touched === undefined ? '' : `, ${String(touched.length)} of ${String(COLUMNS)} columns`}`,
    facts: { ...facts, columns: COLUMNS },
    context: {
      ...context,
      columnsTouched: touched?.length ?? COLUMNS,
      available: ways,
    },
    resultBytes,
    times,
    hitMs: await parts.hit(asked),
  };
}

/** The packages beside this one, as they are built. */
class Parts {
  readonly #adapters: unknown;
  readonly #registry: unknown;
  readonly #executor: unknown;
  readonly #pool: unknown;
  readonly #lazy: unknown;
  readonly #cache: unknown;
  readonly #converters = new Map<Way, Converter>();

  private constructor(adapters: unknown, registry: unknown, lazyModule: unknown, cacheModule: unknown) {
    this.#adapters = adapters;
    this.#registry = registry;
    this.#executor = construct(lazyModule, 'WorkerExecutor');
    this.#pool = construct(lazyModule, 'MemoryPool', { maxBytes: '1GB' });
    this.#lazy = construct(lazyModule, 'LazyLoadingManager', { executor: this.#executor });
    this.#cache = construct(cacheModule, 'ConversionCache', { maxBytes: '1GB' });
  }

  static async load({ sibling }: Bench): Promise<Parts> {
    const adapters = await sibling('@perf/shim-adapters');
    const registry = callable(adapters, 'defaultRegistry')();
    for (const [path, name] of [
      ['@perf/shim-adapters/arrow', 'arrowAdapter'],
      ['@perf/shim-adapters/parquet', 'parquetAdapter'],
    ] as const) {
      callable(registry, 'register')(callable(await sibling(path), name)());
    }
    return new Parts(adapters, registry, await sibling('@perf/lazy'), await sibling('@perf/cache'));
  }

  /** A converter that carries everything out in one way. */
  converterFor(way: Way): Converter {
    const known = this.#converters.get(way);
    if (known !== undefined) return known;
    const plan = { strategy: way, fallbacks: [], reason: `always ${way}` };
    const selector = { select: () => plan, feedback: () => undefined, explain: () => plan.reason };
    const made = this.#converter({ selector });
    this.#converters.set(way, made);
    return made;
  }

  /** What a converter tells its selector of a request. */
  async means(request: object): Promise<{ facts: Partial<DataCharacteristics>; context: SelectionContext }> {
    let told: { facts: Partial<DataCharacteristics>; context: SelectionContext } | undefined;
    const selector = {
      select(facts: Partial<DataCharacteristics>, context: SelectionContext) {
        told = { facts, context };
        throw new Error('only to listen');
      },
      feedback: () => undefined,
      explain: () => '',
    };
    await this.#converter({ selector })
      .convert(request)
      .catch(() => undefined);
    if (told === undefined) throw new Error('the converter asked nothing');
    const { coldStart: _started, ...context } = told.context;
    return { facts: told.facts, context };
  }

  /** Milliseconds of an answer from the cache, at the median of some. */
  async hit(request: object): Promise<number> {
    const converter = this.#converter({ cache: this.#cache });
    await converter.convert(request);
    const times: number[] = [];
    for (let i = 0; i < 9; i++) {
      const started = performance.now();
      await converter.convert(request);
      times.push(performance.now() - started);
    }
    callable(this.#cache, 'clear')();
    return times.sort((a, b) => a - b)[4] ?? 0;
  }

  /** Converts a file, and writes it to another. The bytes of that. */
  async write(csv: string, to: string, path: string): Promise<number> {
    const result: unknown = await callable(
      this.#registry,
      'convert',
    )({ source: { path: csv }, from: 'csv', to });
    const data: unknown =
      typeof result === 'object' && result !== null && 'data' in result ? result.data : undefined;
    if (!(data instanceof Uint8Array)) throw new TypeError(`${to} is not bytes`);
    writeFileSync(path, data);
    return data.length;
  }

  async close(): Promise<void> {
    await callable(this.#lazy, 'close')();
    await callable(this.#executor, 'close')();
    callable(this.#pool, 'close')();
    callable(this.#cache, 'close')();
  }

  #converter(parts: object): Converter {
    const made: unknown = callable(this.#adapters, 'optimize')(this.#registry, {
      executor: this.#executor,
      pool: this.#pool,
      lazy: this.#lazy,
      ...parts,
    });
    if (isConverter(made)) return made;
    throw new TypeError('optimize() made no converter');
  }
}

function isConverter(value: unknown): value is Converter {
  return typeof value === 'object' && value !== null && 'convert' in value && 'open' in value;
}
