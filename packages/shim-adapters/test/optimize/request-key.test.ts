import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fingerprint } from '@perf/cache';
import { afterAll, describe, expect, it } from 'vitest';
import { defineAdapter } from '../../src/define-adapter.js';
import { addressOf, requestKey } from '../../src/optimize/request-key.js';
import { AdapterRegistry } from '../../src/registry.js';
import type { AnyRequest } from '../../src/request.js';
import type { ConversionPath } from '../../src/route.js';
import type { Field } from '../../src/table/column.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { columnOf, tableOf, type Stored } from '../column-of.js';
import { failure, fullRegistry, request } from '../requests.js';
import { countedAdapter } from './counted-adapter.js';

const registry = fullRegistry();

function keyOf(asked: AnyRequest, o?: Parameters<typeof requestKey>[2]): string {
  return requestKey(asked, routeOf(asked), o).cacheKey;
}

function routeOf(asked: AnyRequest): ConversionPath {
  const path = registry.path(asked);
  if (path === null) throw new Error('no route');
  return path;
}

function csv(rest: Partial<AnyRequest> = {}): AnyRequest {
  return { source: { value: 'a,b\n1,2\n' }, from: 'csv', to: 'columns', ...rest };
}

describe('the identity of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'request-key-'));
  const path = join(folder, 'flights.csv');
  const asked = csv({ source: { path } });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('stays while the file does, however its path is written', () => {
    writeFileSync(path, 'a\n1\n');
    const roundabout = csv({ source: { path: join(relative('.', folder), '.', 'flights.csv') } });
    expect(keyOf(asked)).toBe(keyOf(asked));
    expect(keyOf(roundabout)).toBe(keyOf(asked));
  });

  it('changes when the file is touched, at the same size', () => {
    writeFileSync(path, 'a\n1\n');
    const before = keyOf(asked);
    utimesSync(path, 1000, 1000);
    expect(keyOf(asked)).not.toBe(before);
  });

  it('changes with the content although size and modification time are as before', () => {
    writeFileSync(path, 'a\n1\n');
    utimesSync(path, 1000, 1000);
    const before = keyOf(asked);
    const { ctimeNs } = statSync(path, { bigint: true });
    // The clock of a file system ticks every few milliseconds.
    do {
      writeFileSync(path, 'a\n2\n');
      utimesSync(path, 1000, 1000);
    } while (statSync(path, { bigint: true }).ctimeNs === ctimeNs);
    expect(keyOf(asked)).not.toBe(before);
  });

  it('changes when another file takes its place', () => {
    const other = join(folder, 'other.csv');
    writeFileSync(path, 'a\n1\n');
    writeFileSync(other, 'a\n1\n');
    expect(keyOf(csv({ source: { path: other } }))).not.toBe(keyOf(asked));
  });

  it('is refused, by a typed error, when there is nothing to read', async () => {
    const missing = await failure(() => keyOf(csv({ source: { path: join(folder, 'none.csv') } })));
    expect(missing.code).toBe('ERR_PERF_CONVERT_UNREADABLE');
    expect(missing.message).toContain('no such file');
    const impossible = await failure(() => keyOf(csv({ source: { path: 'a\0b.csv' } })));
    expect(impossible.code).toBe('ERR_PERF_CONVERT_UNREADABLE');
  });

  it('is named in the label by its last part, and in the tag by its full path', () => {
    writeFileSync(path, 'a\n1\n');
    const { key, tags } = addressOf(asked, routeOf(asked));
    expect(key.label).toBe('csv>columns:flights.csv');
    expect(tags[0]).toBe(`source:${path}`);
  });
});

describe('the identity of a value', () => {
  it('is its declared id and version, whatever the content', () => {
    const key = (id: string, version?: string, value = 'a\n1\n'): string =>
      keyOf(csv({ source: { value, id, ...(version === undefined ? {} : { version }) } }));
    expect(key('flights', '1', 'other')).toBe(key('flights', '1'));
    expect(key('flights', '2')).not.toBe(key('flights', '1'));
    expect(key('flights')).not.toBe(key('flights', ''));
    expect(key('flights', '1')).not.toBe(key('cars', '1'));
    // No separator lets one pair be taken for another.
    expect(key('a","b', 'c')).not.toBe(key('a', 'b","c'));
  });

  it('is the same for a stream with that id, which is the same content', () => {
    const stream = csv({ source: { stream: emptyStream(), id: 'flights', version: '1' } });
    expect(keyOf(stream)).toBe(keyOf(csv({ source: { value: 'a\n1\n', id: 'flights', version: '1' } })));
  });

  it('is the content of a text: every character counts, lone surrogates too', () => {
    const key = (value: string): string => keyOf(csv({ source: { value } }));
    expect(key('a\n1\n')).toBe(key(['a', '1', ''].join('\n')));
    const different = ['a\n1\n', 'a\n1', 'a\r\n1\n', 'a\n\ud800', 'a\n\ud801', 'a\n\ufffd', ''];
    expect(new Set(different.map(key)).size).toBe(different.length);
  });

  it('is the content of bytes, wherever in memory they lie', () => {
    const bytes = Buffer.from('a,b\n1,2\n', 'utf8');
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const key = keyOf(csv({ source: { value: new Uint8Array(bytes) } }));
    expect(keyOf(csv({ source: { value: shifted.subarray(3) } }))).toBe(key);
    expect(keyOf(csv({ source: { value: shared } }))).toBe(key);
    expect(keyOf(csv({ source: { value: shifted } }))).not.toBe(key);
    shared[4] = 0x39;
    expect(keyOf(csv({ source: { value: shared } }))).not.toBe(key);
  });

  it('does not exist for detached bytes, which look like none', async () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const error = await failure(() => keyOf(csv({ source: { value: bytes } })));
    expect(error.code).toBe('ERR_PERF_CONVERT_NOT_CACHEABLE');
  });

  it('is the content of a table, not the object', () => {
    const key = (values: number[], name = 'a'): string =>
      keyOf(request('columns', 'csv', tableOf({ [name]: ['int32', values] })));
    expect(key([1, 2])).toBe(key([1, 2]));
    expect(key([1, 3])).not.toBe(key([1, 2]));
    expect(key([1, 2], 'b')).not.toBe(key([1, 2]));
  });

  it('is also what the bytes of a table mean', () => {
    const key = (field: Field, values: readonly Stored[] = [1, 2], dictionary = false): string =>
      keyOf(request('columns', 'csv', new ColumnTable([columnOf({ ...field }, values, dictionary)])));
    const times: Field[] = [
      { name: 'a', type: 'timestamp', unit: 'second' },
      { name: 'a', type: 'timestamp', unit: 'nanosecond' },
      { name: 'a', type: 'timestamp', unit: 'second', timezone: 'UTC' },
      { name: 'a', type: 'int64' },
    ];
    const keys = [
      key({ name: 'a', type: 'int32' }),
      key({ name: 'a', type: 'date' }),
      key({ name: 'a', type: 'uint32' }),
      ...times.map((field) => key(field, [1n, 2n])),
      key({ name: 'a', type: 'utf8' }, ['1', '1']),
      key({ name: 'a', type: 'json' }, ['1', '1']),
      key({ name: 'a', type: 'utf8' }, ['1', null]),
      key({ name: 'a', type: 'utf8' }, ['1', ''], true),
      key({ name: 'a', type: 'null' }, [null]),
      key({ name: 'a', type: 'null' }, [null, null]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is what nested columns hold as well, down to their children', () => {
    const list = (child: Field, values: readonly Stored[], end = 2): AnyRequest => {
      const column = {
        layout: 'list',
        field: { name: 'l', type: 'list' },
        length: 1,
        nullCount: 0,
        validity: undefined,
        offsets: Int32Array.of(0, end),
        child: columnOf(child, values),
      } as const;
      return request('columns', 'csv', new ColumnTable([column]));
    };
    const keys = [
      list({ name: 'item', type: 'int32' }, [1, 2]),
      list({ name: 'item', type: 'uint32' }, [1, 2]),
      list({ name: 'other', type: 'int32' }, [1, 2]),
      list({ name: 'item', type: 'int32' }, [1, 3]),
      list({ name: 'item', type: 'int32' }, [1, null]),
      list({ name: 'item', type: 'int32' }, [1, 2], 1),
    ].map((asked) => keyOf(asked));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(list({ name: 'item', type: 'int32' }, [1, 2]))).toBe(keys[0]);
  });

  it('of rows and parsed JSON needs a fingerprint', async () => {
    const rows = request('rows', 'columns', [{ a: 1 }]);
    const error = await failure(() => keyOf(rows));
    expect(error.code).toBe('ERR_PERF_CONVERT_NOT_CACHEABLE');
    expect(error.message).toContain('fingerprint');
    expect(keyOf(rows, { fingerprint })).toBe(keyOf(request('rows', 'columns', [{ a: 1 }]), { fingerprint }));
    expect(keyOf(rows, { fingerprint })).not.toBe(
      keyOf(request('rows', 'columns', [{ a: 2 }]), { fingerprint }),
    );
  });

  it('does not exist where the fingerprint refuses the value', async () => {
    const rows = request('rows', 'columns', [{ a: () => 1 }]);
    const error = await failure(() => keyOf(rows, { fingerprint }));
    expect(error.code).toBe('ERR_PERF_CONVERT_NOT_CACHEABLE');
    expect(error.cause).toMatchObject({ code: 'ERR_PERF_CACHE_UNHASHABLE' });
  });

  it('is never that of another kind of value', () => {
    const text = keyOf(csv({ source: { value: 'a\n1\n' } }));
    const bytes = keyOf(csv({ source: { value: Buffer.from('a\n1\n') } }));
    const declared = keyOf(csv({ source: { value: '', id: 'a\n1\n' } }));
    expect(new Set([text, bytes, declared]).size).toBe(3);
  });
});

describe('what has no identity', () => {
  it.each([
    ['a url', csv({ source: { url: 'https://example.org/a.csv' } }), 'read it yourself'],
    ['a stream without an id', csv({ source: { stream: emptyStream() } }), 'declare { stream, id, version }'],
  ])('%s is refused, with what to do', async (_, asked, advice) => {
    const error = await failure(() => keyOf(asked));
    expect(error.code).toBe('ERR_PERF_CONVERT_NOT_CACHEABLE');
    expect(error.message).toContain(advice);
  });
});

describe('what else is in the key', () => {
  it('the version of every adapter on the route', () => {
    const path = (version: string): ConversionPath => {
      const found = new AdapterRegistry().register(countedAdapter({ version }).adapter).path(csv());
      if (found === null) throw new Error('no route');
      return found;
    };
    const { cacheKey } = requestKey(csv(), path('1'));
    expect(requestKey(csv(), path('1')).cacheKey).toBe(cacheKey);
    expect(requestKey(csv(), path('2')).cacheKey).not.toBe(cacheKey);
  });

  it('the route itself', () => {
    const detour = defineAdapter({
      id: 'detour',
      version: '1',
      steps: [{ from: 'csv', to: 'json', mbPerSecond: 1e6, growth: 1, convert: () => new Uint8Array() }],
    });
    const other = fullRegistry().register(detour);
    const asked = csv({ to: 'json' });
    const path = other.path(asked);
    expect(path?.hops).toHaveLength(1);
    expect(path === null ? '' : requestKey(asked, path).cacheKey).not.toBe(keyOf(asked));
  });

  it('the order of the columns, which is the order of the output', () => {
    expect(keyOf(csv({ columns: ['a', 'b'] }))).not.toBe(keyOf(csv({ columns: ['b', 'a'] })));
    expect(keyOf(csv({ columns: [] }))).not.toBe(keyOf(csv()));
  });

  it('no option that is not plain data: its content would be invisible', async () => {
    for (const odd of [new Map(), new Date(0), () => 1, 1n, Number.NaN, Symbol('odd'), [undefined]]) {
      const options: object = { types: odd };
      const error = await failure(() => keyOf(csv({ options })));
      expect(error.code).toBe('ERR_PERF_CONVERT_NOT_CACHEABLE');
    }
    const inherited: object = Object.setPrototypeOf({}, { delimiter: ';' }) as object;
    const error = await failure(() => keyOf(csv({ options: inherited })));
    expect(error.code).toBe('ERR_PERF_CONVERT_NOT_CACHEABLE');
  });

  it('a column called __proto__', () => {
    const types = (type: string): object => JSON.parse(`{"types":{"__proto__":"${type}"}}`) as object;
    expect(keyOf(csv({ options: types('utf8') }))).not.toBe(keyOf(csv({ options: types('int32') })));
  });
});

describe('the label', () => {
  it('is for people: the route and the last part of the name', () => {
    const label = (asked: AnyRequest): string => requestKey(asked, routeOf(asked)).label;
    expect(label(csv({ to: 'json', source: { value: '', id: 'reports/2024/a.csv' } }))).toBe(
      'csv>columns>json:a.csv',
    );
    expect(label(csv())).toMatch(/^csv>columns:content-[0-9a-f]{12}$/);
  });
});

async function* emptyStream(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new Uint8Array();
}
