import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultRegistry } from '../src/default-registry.js';
import type { AnyRequest, Format, Source } from '../src/request.js';
import { estimateSourceBytes } from '../src/source.js';
import { content } from './cells.js';
import { tableOf } from './column-of.js';
import { failure, fullRegistry, request, tableIn } from './requests.js';

const registry = defaultRegistry();
const expected = [['a', ['number 1', 'number 2']]];

function reading(source: Source, from: Format = 'csv'): AnyRequest {
  return { source, from, to: 'columns' };
}

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'));
  await writeFile(join(folder, 'a.csv'), 'a\n1\n2\n');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('every kind of source gives the same table', () => {
  test.each<[string, () => Source]>([
    ['a text', () => ({ value: 'a\n1\n2\n' })],
    ['bytes', () => ({ value: Buffer.from('a\n1\n2\n') })],
    ['a path', () => ({ path: join(folder, 'a.csv') })],
    ['a url', () => ({ url: 'data:text/csv,a%0A1%0A2%0A' })],
    ['a stream', () => ({ stream: chunks('a\n1\n2\n', 1) })],
  ])('%s', async (_name, source) => {
    expect(content(tableIn(await registry.convert(reading(source()))))).toEqual(expected);
  });

  test('characters may be cut between two chunks of a stream', async () => {
    const result = await registry.convert(reading({ stream: chunks('a\né😀\n', 1) }));
    expect(tableIn(result).rows()).toEqual([{ a: 'é😀' }]);
  });
});

describe('a path that cannot be read', () => {
  test.each([
    ['missing.csv', /cannot read '.*missing\.csv': no such file/],
    ['.', /it is a directory/],
    ['a.csv/b', /not a directory/],
    ['x'.repeat(5000), /name too long/],
    ['nul\0byte', /null bytes/],
  ])('%s', async (name, message) => {
    for (const from of ['csv', 'json', 'parquet'] as const) {
      const source = { path: `${folder}/${name}` };
      const error = await failure(() => fullRegistry().convert(reading(source, from)));
      expect(error.code).toBe('ERR_PERF_CONVERT_UNREADABLE');
      expect(error.message).toMatch(message);
    }
  });

  test('is never what a text names', async () => {
    const result = await registry.convert(reading({ value: join(folder, 'a.csv') }));
    expect(tableIn(result).length).toBe(0);
  });
});

test('a url that cannot be read', async () => {
  for (const url of ['data:bad', 'unknown:scheme', 'no url at all']) {
    const error = await failure(() => registry.convert(reading({ url })));
    expect(error.code).toBe('ERR_PERF_CONVERT_UNREADABLE');
    expect(error.message).toContain(url);
  }
});

test.each<Format>(['rows', 'columns', 'arrow'])('%s live in memory only', async (from) => {
  const to = from === 'columns' ? 'csv' : 'columns';
  const error = await failure(() => fullRegistry().convert({ source: { path: 'x' }, from, to }));
  expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_REQUEST');
  expect(error.message).toContain('pass source as { value }');
});

describe('an abort', () => {
  test('is heard while a stream stalls', async () => {
    const controller = new AbortController();
    const stream = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a\n');
      controller.abort(new Error('enough'));
      await new Promise<never>(() => undefined);
    })();
    const error = await failure(() => registry.convert(reading({ stream }), { signal: controller.signal }));
    expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
    expect(error.cause).toEqual(new Error('enough'));
  });

  test('between two chunks closes the stream', async () => {
    const controller = new AbortController();
    let closed = (): void => undefined;
    const done = new Promise<void>((resolve) => (closed = resolve));
    const stream = (async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('a\n');
        await Promise.resolve();
        controller.abort();
        yield Buffer.from('1\n');
      } finally {
        closed();
      }
    })();
    const error = await failure(() => registry.convert(reading({ stream }), { signal: controller.signal }));
    expect(error.code).toBe('ERR_PERF_CONVERT_ABORTED');
    await done;
  });

  test('during the reading of a file', async () => {
    const controller = new AbortController();
    const running = registry.convert(reading({ path: join(folder, 'a.csv') }), { signal: controller.signal });
    controller.abort();
    expect((await failure(() => running)).code).toBe('ERR_PERF_CONVERT_ABORTED');
  });

  test('leaves no listener on its signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listeners -= 1;
      remove(...args);
    };
    await registry.convert(reading({ stream: chunks('a\n1\n', 2) }), { signal });
    expect(listeners).toBe(0);
  });
});

test('a stream that fails is a typed error with its cause', async () => {
  const cause = new Error('connection lost');
  const stream = (async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a\n');
    await Promise.reject(cause);
  })();
  const error = await failure(() => registry.convert(reading({ stream })));
  expect(error.code).toBe('ERR_PERF_CONVERT_FAILED');
  expect(error.cause).toBe(cause);
});

describe('the bytes of a source are told without reading it', () => {
  const table = tableOf({ a: ['float64', [1, 2, 3]] });
  test.each<[string, () => AnyRequest, number]>([
    ['what the caller says', () => ({ ...reading({ value: 'abc' }), hints: { sourceBytes: 7 } }), 7],
    ['text', () => reading({ value: 'abc' }), 3],
    ['bytes', () => reading({ value: new Uint8Array(5) }), 5],
    ['a table', () => request('columns', 'csv', table), 24],
    ['a file', () => reading({ path: join(folder, 'a.csv') }), 6],
    ['a file that is not there', () => reading({ path: join(folder, 'none') }), 0],
    ['a path that cannot be one', () => reading({ path: 'a\0b' }), 0],
  ])('%s', (_name, given, bytes) => {
    expect(estimateSourceBytes(given())).toBe(bytes);
  });
});
