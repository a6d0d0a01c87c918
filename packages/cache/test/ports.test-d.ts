import { assertType, describe, expectTypeOf, it } from 'vitest';
import { ConversionCache } from '../src/index.js';
import type {
  CacheErrorCode,
  CacheEvent,
  CacheKey,
  CacheStatistics,
  CachedConversion,
  Clock,
  FlightOutcome,
  PolicyName,
  Removal,
  RemovalCause,
  ValueCodec,
} from '../src/index.js';

describe('ports', () => {
  it('a codec turns values into parts and back', () => {
    expectTypeOf<ValueCodec<string>['encode']>().toEqualTypeOf<
      (value: string) => Promise<Uint8Array[] | undefined>
    >();
    expectTypeOf<ValueCodec<string>['decode']>().toEqualTypeOf<(parts: Uint8Array[]) => Promise<string>>();
    expectTypeOf<ValueCodec<string>['decodeSync']>().toEqualTypeOf<(parts: Uint8Array[]) => string>();
  });

  it('a clock tells milliseconds', () => {
    expectTypeOf<Clock>().toEqualTypeOf<{ now(): number }>();
    assertType<Clock>(performance);
    // @ts-expect-error a date is no clock
    assertType<Clock>(new Date());
  });
});

describe('events', () => {
  it('are told apart by their type', () => {
    expectTypeOf<CacheEvent['type']>().toEqualTypeOf<
      'hit' | 'stale' | 'miss' | 'set' | 'remove' | 'flight'
    >();
    expectTypeOf<Extract<CacheEvent, { type: 'miss' }>>().toEqualTypeOf<{
      readonly type: 'miss';
      readonly label: string;
    }>();
    expectTypeOf<Extract<CacheEvent, { type: 'remove' }>['cause']>().toEqualTypeOf<RemovalCause>();
    expectTypeOf<Extract<CacheEvent, { type: 'flight' }>['outcome']>().toEqualTypeOf<FlightOutcome>();
  });

  it('can be told apart exhaustively', () => {
    const bytesOf = (event: CacheEvent): number => {
      switch (event.type) {
        case 'hit':
        case 'stale':
        case 'set':
        case 'remove':
          return event.bytes;
        case 'flight':
          return event.cost;
        case 'miss':
          return 0;
      }
    };
    expectTypeOf(bytesOf).returns.toBeNumber();
  });
});

describe('the cache', () => {
  const cache: ConversionCache<number[]> = new ConversionCache();

  it('fits those who know only what they need of it', () => {
    assertType<{
      getOrConvert(
        key: string,
        convert: () => Promise<number[]>,
        o?: { signal?: AbortSignal },
      ): Promise<unknown>;
      getAsync(key: string): Promise<unknown>;
      set(key: string, value: number[], o?: { tags?: string[] }): unknown;
      entries(o?: { tag?: string }): Iterable<{ readonly label: string }>;
      invalidate(what: string | { tags: string[] }): number;
    }>(cache);
  });

  it('says what is missing', () => {
    expectTypeOf(cache.get('a')).toEqualTypeOf<number[] | undefined>();
    expectTypeOf(cache.getEntry('a')).toEqualTypeOf<CachedConversion<number[]> | undefined>();
    expectTypeOf(cache.getOrConvert('a', () => [1])).toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(cache.stats()).toEqualTypeOf<CacheStatistics>();
  });

  it('takes text, named keys and data as keys, and nothing else', () => {
    assertType<CacheKey>('a');
    assertType<CacheKey>({ cacheKey: 'a', label: 'b' });
    assertType<CacheKey>([1, 2]);
    // @ts-expect-error a missing id is no key
    cache.get(undefined);
    // @ts-expect-error a number is no key
    cache.get(5);
  });

  it('leaves the type of a wrapped function as it is', () => {
    const fn = (file: string, limit: number): Promise<number[]> => Promise.resolve([file.length, limit]);
    expectTypeOf(cache.wrap(fn)).toEqualTypeOf<typeof fn>();
    // @ts-expect-error the values of the cache are lists
    cache.wrap((file: string) => Promise.resolve(file));
    cache.wrap(fn, { key: (file, limit) => `${file} ${String(limit)}`, ttl: '5m' });
  });

  it('has closed sets of words', () => {
    expectTypeOf<PolicyName>().toEqualTypeOf<
      'adaptive' | 'lru' | 'lfu' | 'fifo' | 'memory-pressure' | 's3-fifo' | 'tinylfu' | 'gdsf'
    >();
    expectTypeOf<CacheErrorCode>().toExtend<`ERR_PERF_CACHE_${string}`>();
    expectTypeOf<Removal<number>['value']>().toBeNumber();
  });
});
