import { ConversionCache, fingerprint } from '@perf/cache';
import { Compressor } from '@perf/compression';
import { InlineExecutor, LazyLoadingManager, MemoryPool } from '@perf/lazy';
import { OptimizationSelector } from '@perf/selector';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optimize } from '../../src/optimize/optimized-converter.js';
import type { OptimizeParts } from '../../src/optimize/parts.js';
import { withCompression } from '../../src/optimize/with-compression.js';
import type { AnyRequest, Format } from '../../src/request.js';
import type { ConversionResult } from '../../src/result.js';
import { ColumnTable } from '../../src/table/column-table.js';
import { arbitraryTable } from '../arbitrary-table.js';
import { content } from '../cells.js';
import { fullRegistry, request } from '../requests.js';
import { FailingExecutor, FixedSelector } from './stub-parts.js';

const registry = fullRegistry();

/** Fresh parts for each run: nothing learned or kept goes from one into the next. */
const parts: fc.Arbitrary<OptimizeParts> = fc
  .record({
    cache: fc.constantFrom(undefined, 'plain', 'compressing'),
    lazy: fc.boolean(),
    selector: fc.constantFrom(
      undefined,
      'real',
      'parallel',
      'cache-first',
      'streaming',
      'memory-pool',
      'adaptive',
    ),
    pool: fc.boolean(),
    compression: fc.boolean(),
    executor: fc.constantFrom(undefined, 'inline', 'failing'),
    fingerprint: fc.boolean(),
  })
  .map(({ cache, lazy, selector, executor, fingerprint: hashes, pool, compression }) => ({
    ...(pool ? { pool: new MemoryPool() } : {}),
    ...(compression ? { compression: new Compressor() } : {}),
    ...(cache === undefined ? {} : { cache: newCache(cache === 'compressing') }),
    ...(lazy ? { lazy: new LazyLoadingManager() } : {}),
    ...(selector === undefined
      ? {}
      : { selector: selector === 'real' ? new OptimizationSelector() : new FixedSelector(selector) }),
    ...(executor === undefined
      ? {}
      : { executor: executor === 'inline' ? new InlineExecutor() : new FailingExecutor() }),
    ...(hashes ? { fingerprint } : {}),
  }));

function newCache(compressing: boolean): ConversionCache<ConversionResult> {
  if (!compressing) return new ConversionCache<ConversionResult>();
  return new ConversionCache<ConversionResult>({
    compression: withCompression(new Compressor()),
    compressAbove: 0,
  });
}

const TARGETS: readonly Format[] = ['columns', 'csv', 'json', 'ndjson', 'rows', 'arrow-ipc'];

/** A request on a table, in any format it can be given in. */
const asked: fc.Arbitrary<AnyRequest> = fc
  .record({
    table: arbitraryTable({ minColumns: 1 }),
    from: fc.constantFrom<Format>('columns', 'csv', 'ndjson', 'arrow-ipc'),
    to: fc.constantFrom(...TARGETS),
    offset: fc.nat({ max: 3 }),
    narrow: fc.boolean(),
  })
  .map(({ table, from, to, offset, narrow }) => {
    const columns = table.names.slice(0, 1);
    return { ...request(from, to, table), options: { offset }, ...(narrow ? { columns } : {}) };
  });

/** What came of a conversion, without what differs from run to run. */
async function outcome(convert: () => Promise<ConversionResult>): Promise<unknown> {
  try {
    const { data, format, metadata, warnings, quality, route } = await convert();
    const values = data instanceof ColumnTable ? content(data) : data;
    return { data: values, format, metadata, warnings, quality, route };
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? error.code : error };
  }
}

describe('whatever the parts', () => {
  it('the result is that of the plain registry: first, repeated, opened', async () => {
    await fc.assert(
      fc.asyncProperty(asked, parts, async (drawn, given) => {
        const one = await inFormat(drawn);
        const plain = await outcome(() => registry.convert(one));
        const converter = optimize(registry, given);
        expect(await outcome(() => converter.convert(one))).toEqual(plain);
        if (given.cache instanceof ConversionCache) await given.cache.settled();
        expect(await outcome(() => converter.convert(one))).toEqual(plain);
        if (given.lazy === undefined) return;
        const opened = converter.open(one);
        const loaded = await outcome(async () => ({
          ...(await registry.convert(one)),
          data: await opened.load(),
        }));
        expect(loaded).toEqual(plain);
      }),
      { numRuns: 150 },
    );
  });

  it('the counters add up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 4 }), parts, async (list, given) => {
        const converter = optimize(registry, given);
        for (const drawn of [...list, ...list]) {
          const one = await inFormat(drawn);
          await outcome(() => converter.convert(one));
        }
        const { conversions, cacheHits, failures, strategies } = converter.stats();
        const carriedOut = Object.values(strategies).reduce((sum, count) => sum + count, 0);
        expect(conversions).toBe(cacheHits + failures + carriedOut);
        expect(conversions).toBeLessThanOrEqual(2 * list.length);
      }),
      { numRuns: 50 },
    );
  });
});

/** The request on its table as a CSV text, NDJSON text or Arrow bytes. */
async function inFormat({ source, from, ...rest }: AnyRequest): Promise<AnyRequest> {
  if (from === 'columns') return { source, from, ...rest };
  const { data } = await registry.convert({ source, from: 'columns', to: from });
  return { ...request(from, rest.to, data), ...rest };
}
