import { describe, expect, test, vi } from 'vitest';
import { Bounds } from '../src/bounds.js';
import { checkRequirements, requireResult } from '../src/requirements.js';
import type { ConversionResult } from '../src/result.js';
import { failure } from './requests.js';

/** A clock that shows what it is set to. */
function clockAt(ms: number): { now: () => number; set: (ms: number) => void } {
  let now = ms;
  return { now: () => now, set: (to) => (now = to) };
}

describe('the timeout of a conversion', () => {
  test('is looked at between blocks of work', async () => {
    const clock = clockAt(0);
    using bounds = new Bounds({ timeout: '1s', clock });
    clock.set(1000);
    bounds.checkpoint();
    clock.set(1001);
    const error = await failure(() => {
      bounds.checkpoint();
    });
    expect(error.code).toBe('ERR_PERF_CONVERT_TIMEOUT');
    expect(error.message).toContain('1.00 s');
  });

  test('ends a wait, and its signal says why', async () => {
    vi.useFakeTimers();
    try {
      using bounds = new Bounds({ timeout: 50, clock: clockAt(0) });
      expect(bounds.signal?.aborted).toBe(false);
      vi.advanceTimersByTime(50);
      expect(bounds.signal?.aborted).toBe(true);
      const error = await failure(() => {
        bounds.checkpoint();
      });
      expect(error.code).toBe('ERR_PERF_CONVERT_TIMEOUT');
    } finally {
      vi.useRealTimers();
    }
  });

  test('leaves no timer behind', () => {
    vi.useFakeTimers();
    try {
      new Bounds({ timeout: '1h' })[Symbol.dispose]();
      expect(vi.getTimerCount()).toBe(0);
      new Bounds({})[Symbol.dispose]();
      // Longer than a timer can be: looked at between blocks only.
      using bounds = new Bounds({ timeout: '1000d' });
      expect([bounds.signal, vi.getTimerCount()]).toEqual([undefined, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not over because a clock was set back', () => {
    const clock = clockAt(1_000_000);
    using bounds = new Bounds({ timeout: 10, clock });
    clock.set(0);
    bounds.checkpoint();
    expect(bounds.signal?.aborted).toBe(false);
  });

  test.each([-1, NaN, '5 moons', {}])('%j is refused', async (timeout) => {
    const error = await failure(() => new Bounds({ timeout: timeout as number }));
    expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
  });
});

describe('the signal of the caller', () => {
  test('is what the checkpoint hears, with its reason', async () => {
    const controller = new AbortController();
    using bounds = new Bounds({ signal: controller.signal, timeout: '1h' });
    bounds.checkpoint();
    controller.abort(new Error('enough'));
    const error = await failure(() => {
      bounds.checkpoint();
    });
    expect([error.code, error.cause]).toEqual(['ERR_PERF_CONVERT_ABORTED', new Error('enough')]);
  });
});

describe('the memory of a result', () => {
  test('may be as much as maxBytes, and not a byte more', async () => {
    using bounds = new Bounds({ maxBytes: '1KB' });
    bounds.checkpoint(1024);
    const error = await failure(() => {
      bounds.checkpoint(1025);
    });
    expect(error.code).toBe('ERR_PERF_CONVERT_MEMORY_EXCEEDED');
  });
});

describe('what a caller requires of a result', () => {
  const result: ConversionResult = {
    data: null,
    format: 'csv',
    metadata: {},
    warnings: [
      { code: 'metadata-dropped', count: 1, message: 'pairs', lossy: false },
      { code: 'time-as-text', column: 't', count: 2, message: 'times', lossy: true },
    ],
    quality: 0.5,
    route: [],
    durationMs: 0,
    bytes: 100,
  };

  test('passes what meets it', () => {
    expect(requireResult(result, {})).toBe(result);
    expect(requireResult(result, { minQuality: 0.5, maxBytes: 100 })).toBe(result);
  });

  test.each([
    [{ minQuality: 0.6 }, 'QUALITY_DEGRADED', "time-as-text in 't' (2)"],
    [{ keepMetadata: true }, 'METADATA_LOSS', 'metadata-dropped'],
    [{ maxBytes: 99 }, 'MEMORY_EXCEEDED', '100 B'],
  ])('%j is told with what is missing', async (options, code, part) => {
    const error = await failure(() => requireResult(result, options));
    expect(error.code).toBe(`ERR_PERF_CONVERT_${code}`);
    expect(error.message).toContain(part);
  });

  test.each([{ minQuality: 1.1 }, { minQuality: NaN }, { maxBytes: 'much' as '1MB' }])(
    '%j is refused before any work',
    async (options) => {
      const error = await failure(() => {
        checkRequirements(options);
      });
      expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
    },
  );
});
