import { describe, expect, it, vi } from 'vitest';
import { Ledger, MemoryMonitor, type MemoryMonitorOptions } from '../../src/index.js';
import { GB, HandSources } from '../fixtures/memory-sources.js';

const MB = 2 ** 20;

function setUp(o: MemoryMonitorOptions = {}) {
  const sources = new HandSources();
  return { sources, monitor: new MemoryMonitor({ sources, ...o }) };
}

describe('a reading', () => {
  it('is of the limit that is nearest, and has all of them', () => {
    const { sources, monitor } = setUp({ maxBytes: '1GB' });
    sources.heapUsed = GB;
    sources.machineUsed = 8 * GB;
    sources.process = { rss: 900 * MB, external: 0, arrayBuffers: 0 };
    expect(monitor.read()).toMatchObject({ limit: 'budget', usedBytes: 900 * MB, limitBytes: GB });
    expect(monitor.read().limits).toEqual([
      { limit: 'budget', usedBytes: 900 * MB, limitBytes: GB },
      { limit: 'heap', usedBytes: GB, limitBytes: 4 * GB },
      { limit: 'machine', usedBytes: 8 * GB, limitBytes: 64 * GB },
    ]);
  });

  it.each([
    ['v2', '0::/app', '/sys/fs/cgroup/app', ['memory.max', 'memory.current', 'inactive_file']],
    [
      'v1',
      '4:memory:/app',
      '/sys/fs/cgroup/memory/app',
      ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'],
    ],
  ])(
    'knows the limit of a control group, %s, without the file cache',
    (_, group, folder, [max, now, cache]) => {
      const { sources, monitor } = setUp();
      sources.heapUsed = 2 * GB;
      sources.files.set('/proc/self/cgroup', `${group}\n`);
      sources.files.set(`${folder}/${String(max)}`, `${String(500 * MB)}\n`);
      sources.files.set(`${folder}/${String(now)}`, `${String(450 * MB)}\n`);
      sources.files.set(`${folder}/memory.stat`, `${String(cache)} ${String(50 * MB)}\n`);
      expect(monitor.read()).toMatchObject({ limit: 'cgroup', usedBytes: 400 * MB, limitBytes: 500 * MB });
    },
  );

  it('tells the process apart: resident, its own, heap, outside of it, array buffers', () => {
    const { sources, monitor } = setUp();
    sources.heapUsed = 7;
    sources.process = { rss: 1, external: 30, arrayBuffers: 20 };
    sources.files.set('/proc/self/status', 'Name:\tnode\nVmRSS:\t    100 kB\nRssAnon:\t      60 kB\n');
    expect(monitor.read()).toMatchObject({
      rssBytes: 100 * 1024,
      anonymousBytes: 60 * 1024,
      heapUsedBytes: 7,
      externalBytes: 30,
      arrayBufferBytes: 20,
    });
  });

  it('takes all that is resident for its own where the system does not tell', () => {
    const { sources, monitor } = setUp();
    sources.process = { rss: 5 * MB, external: 0, arrayBuffers: 0 };
    expect(monitor.read()).toMatchObject({ rssBytes: 5 * MB, anonymousBytes: 5 * MB });
  });

  it('has what the library says it holds', () => {
    const ledger = new Ledger();
    ledger.open('mine').take(42);
    expect(setUp({ ledger }).monitor.read().ledgerBytes).toBe(42);
  });

  it('is frozen, and the same until the interval has passed', () => {
    const { sources, monitor } = setUp({ interval: 100 });
    const first = monitor.read();
    sources.heapUsed = GB;
    sources.clock.time += 99;
    expect(monitor.read()).toBe(first);
    expect([Object.isFrozen(first), Object.isFrozen(first.limits)]).toEqual([true, true]);
    sources.clock.time += 1;
    expect(monitor.read().heapUsedBytes).toBe(GB);
  });

  it('is taken anew by readNow, and after a clock that went back', () => {
    const { sources, monitor } = setUp();
    const first = monitor.read();
    expect(monitor.readNow()).not.toBe(first);
    const second = monitor.read();
    sources.clock.time -= 1e9;
    expect(monitor.read()).not.toBe(second);
  });

  it('of this very process sees what it takes', () => {
    using monitor = new MemoryMonitor();
    const before = monitor.readNow();
    const taken = Buffer.alloc(64 * MB, 1);
    const after = monitor.readNow();
    expect(after.arrayBufferBytes - before.arrayBufferBytes).toBeGreaterThanOrEqual(taken.byteLength);
    expect(after.externalBytes).toBeGreaterThanOrEqual(after.arrayBufferBytes);
    expect(after.rssBytes).toBeGreaterThanOrEqual(after.anonymousBytes);
    expect(after.anonymousBytes).toBeGreaterThan(taken.byteLength);
    for (const { usedBytes, limitBytes } of after.limits) expect(usedBytes).toBeLessThan(1.1 * limitBytes);
  });
});

describe('the pressure', () => {
  it('begins and ends with a gap between, so that it does not flicker', () => {
    const { sources, monitor } = setUp({ interval: 0 });
    const seen = [0.79, 0.8, 0.75, 0.93, 0.9, 0.84, 0.71, 0.69].map((share) => {
      sources.heapUsed = share * sources.heapLimit;
      return monitor.pressure;
    });
    expect(seen).toEqual([
      'none',
      'moderate',
      'moderate',
      'critical',
      'critical',
      'moderate',
      'moderate',
      'none',
    ]);
  });

  it('is told to all who listen, when it has changed, from one timer', () => {
    const { sources, monitor } = setUp();
    const told: string[] = [];
    monitor.subscribe((pressure) => told.push(`a ${pressure}`));
    const stop = monitor.subscribe((pressure) => told.push(`b ${pressure}`));
    expect([...sources.timers].map(({ ms }) => ms)).toEqual([500]);
    sources.tick();
    expect(told).toEqual([]);
    sources.heapUsed = 0.95 * sources.heapLimit;
    sources.tick();
    sources.tick();
    expect(told).toEqual(['a critical', 'b critical']);
    stop();
    sources.heapUsed = 0;
    sources.tick();
    expect(told.slice(2)).toEqual(['a none']);
  });

  it('takes levels of your own', () => {
    const { sources, monitor } = setUp({
      levels: { moderate: { from: 0.3, until: 0.2 }, critical: { from: 0.5, until: 0.4 } },
    });
    sources.heapUsed = 0.35 * sources.heapLimit;
    expect(monitor.pressure).toBe('moderate');
  });
});

describe('sampling', () => {
  it('goes on only while somebody listens, and keeps no process alive', () => {
    const { sources, monitor } = setUp();
    expect(sources.timers.size).toBe(0);
    const stops = [monitor.subscribe(() => undefined), monitor.subscribe(() => undefined)];
    sources.tick();
    const { readings } = sources;
    stops[0]?.();
    stops[0]?.();
    expect(sources.timers.size).toBe(1);
    stops[1]?.();
    expect(sources.timers.size).toBe(0);
    sources.tick();
    expect(sources.readings).toBe(readings);
    const timers = vi.spyOn(globalThis, 'setInterval');
    using real = new MemoryMonitor();
    real.subscribe(() => undefined);
    const timer: unknown = timers.mock.results[0]?.value;
    timers.mockRestore();
    expect((timer as NodeJS.Timeout).hasRef()).toBe(false);
  });

  it('ends for good by close', () => {
    const { sources, monitor } = setUp();
    const told: string[] = [];
    const stop = monitor.subscribe((pressure) => told.push(pressure));
    monitor.close();
    monitor.close();
    stop();
    expect(sources.timers.size).toBe(0);
    const closed = expect.objectContaining({ code: 'ERR_PERF_LAZY_CLOSED' }) as Error;
    expect(() => monitor.read()).toThrow(closed);
    expect(() => monitor.readNow()).toThrow(closed);
    expect(() => monitor.pressure).toThrow(closed);
    expect(() => monitor.subscribe(() => undefined)).toThrow(closed);
  });
});

describe('bad options of a monitor', () => {
  it.each<[string, object]>([
    ['maxBytes', { maxBytes: 0 }],
    ['maxBytes', { maxBytes: 'much' }],
    ['interval', { interval: Infinity }],
    ['levels', { levels: { moderate: { from: 0.9, until: 0.8 }, critical: { from: 0.8, until: 0.7 } } }],
    ['limit', { limit: 1 }],
  ])('are refused at once: %s', (word, options) => {
    const make = (): unknown => new MemoryMonitor(options);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error);
    expect(make).toThrow(word);
  });
});
