import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  ConversionCache,
  type CacheError,
  type CacheOptions,
  type Removal,
  type ValueCodec,
} from '../src/index.js';
import { Deferred, turn } from './deferred.js';
import { FakeClock } from './fake-clock.js';

/** A codec on node:zlib that the test can hold up and break. */
class TestCodec implements ValueCodec<unknown> {
  readonly encoded: unknown[] = [];
  decodes = 0;
  /** What `encode` waits for. */
  gate: Promise<unknown> | undefined;
  decodeGate: Promise<unknown> | undefined;
  atOnce = 0;
  most = 0;

  async encode(value: unknown): Promise<Uint8Array[] | undefined> {
    this.encoded.push(value);
    this.most = Math.max(this.most, ++this.atOnce);
    await this.gate;
    this.atOnce -= 1;
    return [gzipSync(serialize(value))];
  }

  async decode(parts: Uint8Array[]): Promise<unknown> {
    await this.decodeGate;
    return this.decodeSync(parts);
  }

  decodeSync(parts: Uint8Array[]): unknown {
    this.decodes += 1;
    return deserialize(gunzipSync(Buffer.concat(parts)));
  }
}

const text = (letter: string): string => letter.repeat(50_000);
function compressing(options: CacheOptions<unknown> = {}): {
  cache: ConversionCache;
  codec: TestCodec;
  errors: CacheError[];
} {
  const codec = new TestCodec();
  const errors: CacheError[] = [];
  const onError = (error: CacheError): void => {
    errors.push(error);
  };
  const cache = new ConversionCache<unknown>({
    compression: codec,
    compressAbove: '10KB',
    onError,
    ...options,
  });
  return { cache, codec, errors };
}
async function compressed(options?: CacheOptions<unknown>): Promise<ReturnType<typeof compressing>> {
  const parts = compressing(options);
  parts.cache.set('a', text('a'));
  await parts.cache.settled();
  return parts;
}

describe('compression of large values', () => {
  it('happens in the background: the original is served until the compressed form is there', async () => {
    const { cache, codec } = compressing();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    const value = { text: text('a') };
    cache.set('a', value);
    expect(codec.encoded).toEqual([]);
    await turn();
    expect(codec.encoded).toEqual([value]);
    expect(cache.get('a')).toBe(value);
    expect(cache.stats().compression).toMatchObject({ entries: 0, pending: 1 });
    gate.resolve();
    await cache.settled();
    expect(cache.getEntry('a')?.compressed).toBe(true);
    expect(cache.get('a')).not.toBe(value);
    expect(cache.get('a')).toEqual(value);
  });

  it('frees the bytes, and tells how many', async () => {
    const { cache } = await compressed();
    const { compression } = cache.stats();
    expect(compression).toMatchObject({ entries: 1, encoded: 1, pending: 0, bytesBefore: 50_016 });
    expect(compression.bytesAfter).toBeLessThan(2000);
    expect(cache.bytes).toBe(cache.getEntry('a')?.bytes);
    expect(cache.bytes).toBeLessThan(3000);
    cache.clear();
    expect(cache.stats().compression).toMatchObject({ entries: 0, bytesBefore: 0, bytesAfter: 0 });
    expect(cache.bytes).toBe(0);
  });

  it('leaves small values alone, by the size that is given as well', async () => {
    const { cache, codec } = compressing();
    cache
      .set('small', 'x')
      .set('said to be small', text('a'), { size: 10 })
      .set('said to be large', 'x', { size: '20KB' });
    await cache.settled();
    expect(codec.encoded).toEqual(['x']);
  });

  it('does one at a time', async () => {
    const { cache, codec } = compressing();
    for (const letter of ['a', 'b', 'c']) cache.set(letter, text(letter));
    await turn();
    cache.set('d', text('d'));
    await cache.settled();
    cache.set('e', text('e'));
    await cache.settled();
    expect([codec.most, cache.stats().compression.entries]).toEqual([1, 5]);
  });

  it('does not count as a use: the order of eviction stays', async () => {
    const { cache } = compressing({ policy: 'lru', maxEntries: 2 });
    cache.set('a', text('a')).set('b', 1);
    await cache.settled();
    cache.set('c', 2);
    expect([...cache.entries()].map(({ key }) => key)).toEqual(['c', 'b']);
  });

  it.each<[string, (cache: ConversionCache) => void, unknown]>([
    ['replaced', (cache) => cache.set('a', text('b')), text('b')],
    ['replaced by a small value', (cache) => cache.set('a', 1), 1],
    ['deleted', (cache) => cache.delete('a'), undefined],
    ['deleted and set again', (cache) => cache.delete('a') && cache.set('a', 2), 2],
    ['cleared', (cache) => cache.clear(), undefined],
  ])('drops its result for an entry that was %s meanwhile', async (_, change, expected) => {
    const { cache, codec } = compressing();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    cache.set('a', text('a'));
    await turn();
    change(cache);
    gate.resolve();
    await cache.settled();
    expect(cache.get('a')).toEqual(expected);
    expect(cache.stats().compression.bytesBefore).toBe(expected === text('b') ? 50_016 : 0);
  });

  it('does not begin with an entry that has left before its turn', async () => {
    const { cache, codec } = compressing();
    cache.set('a', text('a')).delete('a');
    cache.set('b', text('b'));
    await cache.settled();
    expect(codec.encoded).toEqual([text('b')]);
    expect(codec.most).toBe(1);
  });

  it('keeps the original when the codec does not handle it, or makes it no smaller', async () => {
    const { cache, codec } = compressing();
    vi.spyOn(codec, 'encode').mockResolvedValueOnce(undefined);
    vi.spyOn(codec, 'encode').mockImplementation((value) =>
      Promise.resolve(value === text('a') ? undefined : [new Uint8Array(60_000)]),
    );
    cache.set('a', text('a')).set('b', text('b'));
    await cache.settled();
    expect([cache.get('a') === text('a'), cache.get('b') === text('b')]).toEqual([true, true]);
    expect(cache.stats().compression).toMatchObject({ entries: 0, declined: 1, notSmaller: 1, encoded: 1 });
  });

  it('keeps no large buffer alive for the small part of it that the codec gave', async () => {
    const { cache, codec } = compressing();
    vi.spyOn(codec, 'encode').mockResolvedValue([new Uint8Array(60_000).fill(7, 0, 10).subarray(0, 10)]);
    vi.spyOn(codec, 'decodeSync').mockImplementation(([part]) => [...(part ?? [])]);
    cache.set('a', text('a'));
    await cache.settled();
    expect(cache.stats().compression.bytesAfter).toBeLessThan(500);
    expect(cache.get('a')).toEqual(new Array(10).fill(7));
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['gives no parts', () => Promise.resolve('broken')],
    ['gives parts that are no bytes', () => Promise.resolve([1])],
  ])('leaves the original when encode %s, goes on, and reports it', async (_, encode) => {
    const { cache, codec, errors } = compressing();
    vi.spyOn(codec, 'encode').mockImplementationOnce(encode as () => Promise<Uint8Array[]>);
    cache.set('a', text('a')).set('b', text('b'));
    await cache.settled();
    expect(cache.get('a')).toBe(text('a'));
    expect(errors).toMatchObject([
      { code: 'ERR_PERF_CACHE_ENCODE_FAILED', cause: expect.any(Error) as Error },
    ]);
    expect(cache.stats().compression).toMatchObject({ entries: 1, encodeFailures: 1 });
  });

  it('gives back what was put in, whatever it is', async () => {
    const { cache } = compressing({ compressAbove: 0 });
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withMap: true, withSet: true, withTypedArray: true, withBigInt: true, withDate: true }),
        async (value) => {
          fc.pre(value !== undefined);
          const expected = structuredClone(value);
          cache.set('a', value);
          await cache.settled();
          expect(cache.get('a')).toEqual(expected);
          expect(await cache.getAsync('a')).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('reading a compressed value', () => {
  it('works by every way there is, and leaves it compressed as long as it is not read often', async () => {
    const { cache } = await compressed();
    const convert = vi.fn(() => 'new');
    expect(cache.peek('a')).toBe(text('a'));
    expect(cache.getEntry('a')?.value).toBe(text('a'));
    expect([...cache.entries()][0]?.value).toBe(text('a'));
    expect(await cache.getAsync('a')).toBe(text('a'));
    expect(await cache.getOrConvert('a', convert)).toBe(text('a'));
    expect(convert).not.toHaveBeenCalled();
    expect(cache.getEntry('a')?.compressed).toBe(true);
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 0, compression: { decoded: 5, entries: 1 } });
  });

  it('keeps the value restored from the third time on, if there is room', async () => {
    const { cache } = await compressed();
    const packed = cache.bytes;
    for (let i = 0; i < 5; i++) expect(cache.get('a')).toBe(text('a'));
    expect(cache.bytes).toBeGreaterThan(packed);
    expect(cache.getEntry('a')?.compressed).toBe(false);
    expect(cache.stats().compression).toMatchObject({
      decoded: 3,
      keptRestored: 1,
      entries: 0,
      bytesAfter: 0,
    });
  });

  it('leaves it compressed however often it is read, where something would have to go for it', async () => {
    const { cache } = await compressed();
    cache.resize({ maxBytes: cache.bytes });
    for (let i = 0; i < 5; i++) expect(cache.get('a')).toBe(text('a'));
    expect(cache.stats().compression).toMatchObject({ decoded: 5, keptRestored: 0, entries: 1 });
  });

  it('is done again for a value that has become cold', async () => {
    const clock = new FakeClock();
    const { cache } = compressing({ clock });
    cache.set('a', text('a'));
    await cache.settled();
    for (let i = 0; i < 3; i++) cache.get('a');
    expect(cache.getEntry('a')?.compressed).toBe(false);
    for (let i = 0; i < 8; i++) {
      clock.advance(1);
      cache.set('small', 'x');
    }
    await cache.settled();
    expect(cache.getEntry('a')?.compressed).toBe(true);
  });

  it('is not done where the value is not asked for', async () => {
    const { cache, codec } = await compressed();
    expect([...cache.entries()].map(({ label }) => label)).toEqual(['a']);
    expect(cache.invalidate(({ label }) => label === 'a')).toBe(1);
    expect(codec.decodes).toBe(0);
  });

  it('is done once for all who ask meanwhile', async () => {
    const { cache, codec } = await compressed();
    const gate = new Deferred<void>();
    codec.decodeGate = gate.promise;
    const reads = Promise.all([cache.getAsync('a'), cache.getOrConvert('a', () => 1), cache.getAsync('a')]);
    gate.resolve();
    expect(await reads).toEqual([text('a'), text('a'), text('a')]);
    expect([codec.decodes, cache.stats().hits]).toEqual([1, 3]);
  });

  it('gives each reader a copy with clone: true', async () => {
    const { cache, codec } = compressing({ clone: true });
    cache.set('a', [text('a')]);
    await cache.settled();
    const gate = new Deferred<void>();
    codec.decodeGate = gate.promise;
    const reads = Promise.all([cache.getAsync('a'), cache.getAsync('a')]);
    gate.resolve();
    const [first, second] = await reads;
    expect(first).not.toBe(second);
  });

  it('ends for a caller who leaves', async () => {
    const { cache, codec } = await compressed();
    codec.decodeGate = new Deferred<void>().promise;
    const leaver = new AbortController();
    const gone = cache.getOrConvert('a', () => 1, { signal: leaver.signal });
    leaver.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
  });

  it('that was removed while it was being restored still serves those who asked before', async () => {
    const { cache, codec } = await compressed();
    const gate = new Deferred<void>();
    codec.decodeGate = gate.promise;
    const before = cache.getAsync('a');
    cache.set('a', 'new');
    gate.resolve();
    expect([await before, await cache.getAsync('a')]).toEqual([text('a'), 'new']);
    expect(cache.getEntry('a')?.hits).toBe(1);
  });
});

describe('a compressed value that is corrupt', () => {
  async function corrupt(): Promise<ReturnType<typeof compressing> & { removed: Removal<unknown>[] }> {
    const removed: Removal<unknown>[] = [];
    const parts = await compressed({ onRemove: (removal) => removed.push(removal) });
    const broken = new Error('checksum');
    vi.spyOn(parts.codec, 'decode').mockRejectedValue(broken);
    vi.spyOn(parts.codec, 'decodeSync').mockImplementation(() => {
      throw broken;
    });
    return { ...parts, removed };
  }

  it.each<[string, (cache: ConversionCache) => unknown]>([
    ['get', (cache) => cache.get('a')],
    ['getAsync', (cache) => cache.getAsync('a')],
    [
      'two readers at once',
      (cache) => Promise.all([cache.getAsync('a'), cache.getAsync('a')]).then(([x]) => x),
    ],
  ])('counts as missing for %s, leaves, and is reported', async (_, read) => {
    const { cache, errors, removed } = await corrupt();
    expect(await read(cache)).toBeUndefined();
    expect(cache.stats()).toMatchObject({
      hits: 0,
      entries: 0,
      removals: { corrupt: 1 },
      compression: { decodeFailures: 1 },
    });
    expect(cache.stats().misses).toBeGreaterThan(0);
    expect(errors).toMatchObject([{ code: 'ERR_PERF_CACHE_DECODE_FAILED', cause: { message: 'checksum' } }]);
    expect(removed.map(({ cause }) => cause)).toEqual(['corrupt']);
  });

  it('is converted anew by getOrConvert, once', async () => {
    const { cache } = await corrupt();
    const convert = vi.fn(() => 'new');
    expect(await Promise.all([cache.getOrConvert('a', convert), cache.getOrConvert('a', convert)])).toEqual([
      'new',
      'new',
    ]);
    expect(convert).toHaveBeenCalledTimes(1);
    expect(cache.get('a')).toBe('new');
  });

  it('does not take a newer value with it', async () => {
    const { cache, codec } = await corrupt();
    const gate = new Deferred<unknown>();
    vi.spyOn(codec, 'decode').mockReturnValue(gate.promise);
    const read = cache.getAsync('a');
    cache.set('a', 'new');
    gate.reject(new Error('checksum'));
    expect(await read).toBe('new');
    expect(cache.get('a')).toBe('new');
  });

  it('makes the value of an entry throw, and nothing else of it', async () => {
    const { cache } = await corrupt();
    const entry = cache.getEntry('a');
    expect(entry).toMatchObject({ key: 'a', compressed: true });
    expect(() => entry?.value).toThrow(expect.objectContaining({ code: 'ERR_PERF_CACHE_DECODE_FAILED' }));
    expect(cache.has('a')).toBe(false);
  });

  it('is also one that comes back as undefined', async () => {
    const { cache, codec } = await compressed();
    vi.spyOn(codec, 'decodeSync').mockReturnValue(undefined);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.stats().removals.corrupt).toBe(1);
  });
});

describe('settled', () => {
  it('resolves at once without a codec, without work, and after close', async () => {
    await new ConversionCache().settled();
    const { cache, codec } = compressing();
    await cache.settled();
    codec.gate = new Deferred<void>().promise;
    cache.set('a', text('a'));
    await turn();
    const settled = cache.settled();
    cache.close();
    await settled;
    await cache.settled();
  });

  it('lets nothing in that was finished after close', async () => {
    const { cache, codec } = compressing();
    const gate = new Deferred<void>();
    codec.gate = gate.promise;
    cache.set('a', text('a'));
    await turn();
    cache.close();
    gate.resolve();
    await turn();
    expect(cache.stats().compression).toMatchObject({ entries: 0, bytesAfter: 0, pending: 0 });
  });
});
