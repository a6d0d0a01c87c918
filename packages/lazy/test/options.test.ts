import { describe, expect, it } from 'vitest';
import { LazyLoadingManager, WorkerExecutor } from '../src/index.js';
import { resolveWorkerOptions } from '../src/executor/options.js';
import { resolveOptions } from '../src/options.js';

const refusal = (field: string): unknown =>
  expect.objectContaining({
    code: 'ERR_PERF_LAZY_OPTION',
    message: expect.stringContaining(field) as unknown,
  });

describe('the options of LazyLoadingManager', () => {
  it('are bytes and milliseconds once read', () => {
    expect(resolveOptions({})).toMatchObject({
      threshold: 50 * 2 ** 20,
      concurrency: 3,
      maxQueue: 1000,
      maxBytes: 2 ** 30,
      idleTimeout: 30 * 60_000,
      cleanupInterval: 5 * 60_000,
      executor: undefined,
    });
  });

  it('may be given as undefined', () => {
    const given: Record<string, unknown> = { threshold: undefined, clock: undefined };
    expect(resolveOptions(given)).toEqual(resolveOptions({}));
  });

  it.each([
    ['threshold', '50 apples'],
    ['threshold', -1],
    ['concurrency', 0],
    ['concurrency', 1.5],
    ['maxQueue', -1],
    ['maxBytes', Number.NaN],
    ['maxBytes', null],
    ['idleTimeout', '5 years'],
    ['cleanupInterval', 0],
    ['executor', {}],
    ['sizeOf', 8],
    ['clock', () => 1],
    ['timers', {}],
    ['whenFull', 'drop'],
    ['memory', {}],
    ['random', 1],
    ['treshold', '1MB'],
  ])('refuse %s: %j', (field, value) => {
    const given: Record<string, unknown> = { [field]: value };
    expect(() => new LazyLoadingManager(given)).toThrow(refusal(field));
  });
});

describe('the options of WorkerExecutor', () => {
  it.each([
    [1, 1],
    [2, 1],
    [4, 3],
    [5, 4],
    [64, 4],
  ])('leave the main thread a core: %i cores make %i threads', (cores, threads) => {
    expect(resolveWorkerOptions({}, cores).threads).toBe(threads);
  });

  it.each([
    ['threads', 0],
    ['threads', Infinity],
    ['threads', 'many'],
    ['idleTimeout', -1],
    ['maxQueue', 0.5],
    ['maxHeapBytes', 0],
    ['entry', 'dist/worker.js'],
    ['entry', 'https://example.com/worker.js'],
    ['entry', new URL('https://example.com/worker.js')],
    ['minThreads', 1],
  ])('refuse %s: %s', (field, value) => {
    const given: Record<string, unknown> = { [field]: value };
    expect(() => new WorkerExecutor(given)).toThrow(refusal(field));
  });

  it('take an entry by path, URL text or URL', () => {
    for (const entry of ['/a/worker.js', 'file:///a/worker.js', new URL('file:///a/worker.js')]) {
      expect(resolveWorkerOptions({ entry }).entry).toBe('/a/worker.js');
    }
  });
});
