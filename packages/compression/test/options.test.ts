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
  ])('takes %o', (given, expected) => {
    expect(resolveOptions(given)).toMatchObject(expected);
  });

  it.each([
    [{ codec: 'lz4' }, /codec must be one of 'auto', 'gzip', 'none'; given 'lz4'/],
    [{ level: 6 }, /level must be one of/],
    [{ minBytes: -1 }, /minBytes must be/],
    [{ minBytes: 'much' }, /minBytes must be/],
    [{ maxOutputBytes: '4GB' }, /maxOutputBytes must be at most 4294967295 bytes; given '4GB'/],
    [{ maxOutputBytes: Infinity }, /maxOutputBytes must be/],
    [{ concurrency: 0 }, /concurrency must be/],
    [{ concurrency: 1.5 }, /concurrency must be/],
    [{ concurrency: Infinity }, /concurrency must be/],
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
