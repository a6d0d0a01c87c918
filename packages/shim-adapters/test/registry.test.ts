import { describe, expect, test } from 'vitest';
import { csvAdapter } from '../src/csv/adapter.js';
import { defaultRegistry } from '../src/default-registry.js';
import { defineAdapter, type AdapterStep } from '../src/define-adapter.js';
import { AdapterRegistry } from '../src/registry.js';
import type { AnyRequest, Format } from '../src/request.js';
import { ColumnTable } from '../src/table/column-table.js';
import { content } from './cells.js';
import { tableOf } from './column-of.js';
import { failure, fullRegistry, request, tableIn, textIn } from './requests.js';

const table = tableOf({ a: ['int32', [1, 2, 3]], b: ['utf8', ['x', 'y', 'z']] });
const CSV = 'a,b\n1,x\n2,y\n3,z\n';

/** An adapter that passes its value on and never selects. */
function blunt(from: Format, to: Format, convert: AdapterStep['convert']): ReturnType<typeof defineAdapter> {
  return defineAdapter({
    id: `blunt ${from}>${to}`,
    version: '1',
    selects: false,
    steps: [{ from, to, mbPerSecond: 1, growth: 1, convert }],
  });
}

/** Throws anything at all, as libraries do. */
function raise(thrown: unknown): never {
  AbortSignal.abort(thrown).throwIfAborted();
  throw new Error('unreachable');
}

function valueOf({ source }: AnyRequest): unknown {
  return 'value' in source ? source.value : undefined;
}

describe('registering', () => {
  test('an adapter with a known id replaces the old one', () => {
    const newer = { ...csvAdapter(), version: '2' };
    const registry = defaultRegistry().register(newer);
    expect(registry.adapters.filter(({ id }) => id === 'csv')).toEqual([newer]);
    expect(registry.path(request('csv', 'columns', CSV))?.hops[0]?.adapter.version).toBe('2');
  });

  test.each([{ id: '' }, { version: '' }, { conversions: [] }])('without %j is refused', async (missing) => {
    const error = await failure(() => defaultRegistry().register({ ...csvAdapter(), ...missing }));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_ADAPTER');
  });

  test('the default registry needs no optional peer', () => {
    expect(defaultRegistry().formats.toSorted()).toEqual([
      'columns',
      'csv',
      'json',
      'ndarray',
      'ndjson',
      'rows',
      'sparse',
      'time-series',
    ]);
  });

  test('an empty registry knows no format and no route', () => {
    expect(new AdapterRegistry().formats).toEqual([]);
    expect(new AdapterRegistry().path(request('csv', 'json', CSV))).toBeNull();
  });
});

describe('routes', () => {
  test('go through the hub where nothing shorter leads', () => {
    const path = fullRegistry().path(request('parquet', 'csv', new Uint8Array(10)));
    expect(path?.hops.map(({ from, to }) => [from, to])).toEqual([
      ['parquet', 'columns'],
      ['columns', 'csv'],
    ]);
  });

  test('from a format to itself are nothing at all', async () => {
    const registry = defaultRegistry();
    expect(registry.path(request('csv', 'csv', CSV))?.hops).toEqual([]);
    const result = await registry.convert({
      source: { value: CSV },
      from: 'csv',
      to: 'csv',
      metadata: { k: 1 },
    });
    expect(result).toMatchObject({
      data: CSV,
      format: 'csv',
      route: [],
      quality: 1,
      warnings: [],
      metadata: { k: 1 },
    });
  });

  test('an unknown format is named, with those that are known', async () => {
    const error = await failure(() => defaultRegistry().convert(request('parquet', 'csv', new Uint8Array())));
    expect(error.code).toBe('ERR_PERF_CONVERT_NO_ROUTE');
    expect(error.message).toContain(
      "no adapter knows the format 'parquet'; known are csv, columns, json, ndjson, rows",
    );
  });

  test('two known formats without a way between them are named', async () => {
    const registry = new AdapterRegistry()
      .register(blunt('csv', 'columns', valueOf))
      .register(blunt('json', 'rows', valueOf));
    const error = await failure(() => registry.convert(request('csv', 'rows', CSV)));
    expect(error.message).toBe('no chain of adapters leads from csv to rows');
  });

  test('a route that is expected to lose values is taken only where every other loses more', () => {
    const lossy = { ...blunt('csv', 'json', valueOf), id: 'lossy' };
    const registry = defaultRegistry().register({
      ...lossy,
      estimateCost: () => ({ durationMs: 0, bytes: 1, qualityLoss: 0.01 }),
    });
    const path = registry.path(request('csv', 'json', CSV));
    expect(path).toMatchObject({ qualityLoss: 0, alternatives: [{ qualityLoss: 0.01, durationMs: 0 }] });
  });

  test('nonsense costs and scores never break the search', () => {
    const odd = blunt('csv', 'json', valueOf);
    for (const durationMs of [NaN, Infinity, -5]) {
      const registry = defaultRegistry().register({
        ...odd,
        estimateCost: () => ({ durationMs, bytes: 1, qualityLoss: 0 }),
      });
      expect(registry.path(request('csv', 'json', CSV))?.durationMs).toBeGreaterThanOrEqual(0);
    }
    for (const qualityLoss of [NaN, -1, 2]) {
      const registry = defaultRegistry().register({
        ...odd,
        estimateCost: () => ({ durationMs: 0, bytes: 1, qualityLoss }),
      });
      const path = registry.path(request('csv', 'json', CSV));
      expect(path?.hops).toHaveLength(qualityLoss > 0 ? 2 : 1);
      expect(path?.qualityLoss).toBe(0);
    }
    for (const score of [NaN, 0, -1]) {
      const registry = defaultRegistry().register({ ...odd, canConvert: () => score });
      expect(registry.path(request('csv', 'json', CSV))?.hops).toHaveLength(2);
    }
  });
});

describe('converting', () => {
  test('tells rows and columns of the table on the way, which the metadata of the request may overrule', async () => {
    const registry = defaultRegistry();
    const result = await registry.convert(
      request('csv', 'json', CSV, { metadata: { user: 'u', rows: 'mine' } }),
    );
    expect(result.metadata).toEqual({ user: 'u', rows: 'mine', columns: ['a', 'b'] });
    expect(result.route.map(({ adapter }) => adapter)).toEqual(['csv', 'json']);
  });

  test('the losses of all steps add up', async () => {
    const rows = [
      { f: NaN, t: '\ud800' },
      { f: 1, t: 'x' },
    ];
    const result = await defaultRegistry().convert(request('rows', 'json', rows));
    expect(result.warnings.map(({ code }) => code)).toEqual(['lone-surrogate', 'non-finite-as-null']);
    expect(result.quality).toBe(0.75 * 0.75);
  });

  test('progress counts the steps, and within a step what it reads', async () => {
    const seen: string[] = [];
    await defaultRegistry().convert(request('csv', 'json', CSV), {
      onProgress: ({ done, total, unit }) => seen.push(`${String(done)}/${String(total)} ${unit}`),
    });
    const bytes = String(CSV.length);
    expect(seen).toEqual([`${bytes}/${bytes} bytes`, '1/2 steps', '2/2 steps']);
  });

  test('an abort between two steps stops before the second', async () => {
    const controller = new AbortController();
    const error = await failure(() =>
      defaultRegistry().convert(request('csv', 'json', CSV), {
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      }),
    );
    expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
  });

  test('whatever an adapter throws arrives as a ConversionError with its cause', async () => {
    for (const thrown of [new TypeError('boom\nmore'), 'text', null]) {
      const registry = new AdapterRegistry().register(blunt('csv', 'json', () => raise(thrown)));
      const error = await failure(() => registry.convert(request('csv', 'json', CSV)));
      expect(error.code).toBe('ERR_PERF_CONVERT_FAILED');
      expect(error.cause).toBe(thrown);
      expect(error.message).not.toContain('more');
    }
  });

  test('two callers at once do not disturb each other', async () => {
    const registry = fullRegistry();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        registry.convert(request('csv', 'arrow-ipc', CSV, { options: { offset: i % 3, limit: 1 } })),
      ),
    );
    const back = await Promise.all(
      results.map(({ data }) => registry.convert(request('arrow-ipc', 'columns', data))),
    );
    expect(back.map((result) => tableIn(result).rows()[0]?.a)).toEqual(results.map((_, i) => (i % 3) + 1));
  });
});

describe('a selection is honoured by every route', () => {
  const part = { columns: ['b'], options: { offset: 1, limit: 1 } } as const;

  test.each<[Format, unknown]>([
    ['csv', CSV],
    [
      'json',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    ['columns', table],
  ])('%s to itself', async (format, value) => {
    const registry = defaultRegistry();
    const result = await registry.convert(request(format, format, value, part));
    const back = await registry.convert(request(format, 'columns', result.data));
    expect(content(tableIn(back))).toEqual([['b', ['string y']]]);
  });

  test('by an adapter that makes a table but cannot select', async () => {
    const registry = new AdapterRegistry().register(blunt('csv', 'columns', () => table));
    const result = await registry.convert(request('csv', 'columns', CSV, part));
    expect(content(tableIn(result))).toEqual([['b', ['string y']]]);
    expect(result.bytes).toBe(tableIn(result).byteLength);
  });

  test('by an adapter that takes a table but cannot select', async () => {
    const seen: unknown[] = [];
    const registry = new AdapterRegistry().register(
      blunt('columns', 'rows', (one) => {
        const value = valueOf(one);
        seen.push(one.columns, one.options);
        return value instanceof ColumnTable ? value.rows() : [];
      }),
    );
    const result = await registry.convert(request('columns', 'rows', table, part));
    expect(result.data).toEqual([{ b: 'y' }]);
    expect(seen).toEqual([undefined, {}]);
  });

  test('by a detour through the hub, where the direct way cannot select', async () => {
    const registry = defaultRegistry().register({
      ...blunt('csv', 'json', () => Buffer.from(JSON.stringify(table.rows()))),
      estimateCost: () => ({ durationMs: 0, bytes: 0, qualityLoss: 0 }),
    });
    expect(registry.path(request('csv', 'json', CSV))?.hops).toHaveLength(1);
    const result = await registry.convert(request('csv', 'json', CSV, part));
    expect(textIn(result)).toBe('[{"b":"y"}]');
  });

  test('or there is no route', () => {
    const registry = new AdapterRegistry().register(blunt('csv', 'json', valueOf));
    expect(registry.path(request('csv', 'json', CSV, part))).toBeNull();
  });

  test('only once: later steps see the rest of the options alone', async () => {
    const result = await defaultRegistry().convert(
      request('csv', 'csv', 'a;b\n1;x\n2;y\n3;z\n', { options: { offset: 1, delimiter: ';' } }),
    );
    expect(textIn(result)).toBe('a;b\n2;y\n3;z\n');
  });
});
