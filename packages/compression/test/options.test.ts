import { describe, expect, it } from 'vitest';
import { Compressor, DEFAULTS } from '../src/index.js';
import { resolveOptions } from '../src/options.js';
import { codeOf } from './forge.js';

const construct = (options: unknown): unknown => Reflect.construct(Compressor, [options]);

describe('resolveOptions', () => {
  it('takes the documented defaults', () => {
    expect(resolveOptions()).toEqual({
      codec: 'auto',
      level: 'fast',
      minBytes: 1024,
      maxOutputBytes: 2 ** 30,
      concurrency: 2,
      executor: undefined,
      threads: DEFAULTS.threads,
      maxQueue: 1024,
      portable: false,
      clock: DEFAULTS.clock,
    });
    expect(Object.isFrozen(DEFAULTS)).toBe(true);
  });

  it('reads an option that is undefined as one that is not there', () => {
    expect(Reflect.apply(resolveOptions, undefined, [{ level: undefined, codec: 'none' }])).toEqual({
      ...resolveOptions(),
      codec: 'none',
    });
  });

  it.each([
    [{ minBytes: 0 }, { minBytes: 0 }],
    [{ minBytes: '2 KB' }, { minBytes: 2048 }],
    [{ maxOutputBytes: 2 ** 32 - 1 }, { maxOutputBytes: 2 ** 32 - 1 }],
    [{ maxQueue: 0 }, { maxQueue: 0 }],
    [{ concurrency: 1024 }, { concurrency: 1024 }],
    [{ threads: 0 }, { threads: 0 }],
  ])('takes %o', (given, expected) => {
    expect(resolveOptions(given)).toMatchObject(expected);
  });

  it.each([
    [
      { codec: 'lz4' },
      /codec must be one of 'auto', 'none', 'gzip', 'deflate', 'brotli', 'zstd', 'columnar'; given 'lz4'/,
    ],
    [{ level: 6 }, /level must be one of/],
    [{ minBytes: -1 }, /minBytes must be/],
    [{ minBytes: 'much' }, /minBytes must be/],
    [{ maxOutputBytes: '4GB' }, /maxOutputBytes must be at most 4294967295 bytes; given '4GB'/],
    [{ maxOutputBytes: Infinity }, /maxOutputBytes must be/],
    [{ concurrency: 0 }, /concurrency must be/],
    [{ concurrency: 1.5 }, /concurrency must be/],
    [{ concurrency: Infinity }, /concurrency must be/],
    [{ threads: -1 }, /threads must be a whole number from 0 to 64/],
    [{ executor: {} }, /executor must have a function run\(\) and a concurrency/],
    [{ executor: { run: 1, concurrency: 1 } }, /executor must have/],
    [{ maxQueue: -1 }, /maxQueue must be/],
    [{ portable: 'yes' }, /portable must be true or false; given 'yes'/],
    [{ clock: 5 }, /clock must be/],
    [{ clock: {} }, /clock must be/],
    [{ levle: 'fast' }, /unknown option 'levle'; known options are codec, level/],
    [null, /options must be an object; given null/],
    ['fast', /options must be an object/],
    [['fast'], /options must be an object; given an array/],
  ])('refuses %o by name', (given, message) => {
    expect(codeOf(() => construct(given))).toBe('OPTION');
    expect(() => construct(given)).toThrow(message);
  });
});

describe('the options of one call', () => {
  const compressor = new Compressor();
  const call = (method: string, ...args: unknown[]): unknown =>
    Reflect.apply(Reflect.get(compressor, method) as () => unknown, compressor, args);

  it.each([
    [
      'compressStream',
      [{ type: 'Float65Array' }],
      /type must be the name of a typed array; given 'Float65Array'/,
    ],
    ['compressStream', [{ type: 'ArrayBuffer' }], /type must be the name of a typed array/],
    ['compressStream', [{ blockBytes: 10 }], /blockBytes must be from 1 KB to 64 MB; given 10/],
    ['compressStream', [{ blockBytes: '65MB' }], /blockBytes must be from 1 KB to 64 MB; given '65MB'/],
    ['compressStream', [{ level: 'fast' }], /unknown option 'level'/],
    ['decompressStream', [{ onDamage: true }], /onDamage must be a function; given true/],
    ['decompressStream', [{ maxOutputBytes: -1 }], /maxOutputBytes must be/],
    ['decompressStream', [{ signal: {} }], /signal must be an AbortSignal/],
    ['decompressColumnsSync', [new Uint8Array(9), { columns: 'a' }], /columns must be an array of names/],
    ['decompressColumnsSync', [new Uint8Array(9), { column: ['a'] }], /unknown option 'column'/],
  ])('%s refuses %o by name', (method, args, message) => {
    expect(codeOf(() => call(method, ...args))).toBe('OPTION');
    expect(() => call(method, ...args)).toThrow(message);
  });
});
