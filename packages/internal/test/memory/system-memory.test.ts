import { describe, expect, it, vi } from 'vitest';
import { SystemMemory } from '../../src/memory/system-memory.js';
import { FakeSources, GB } from './fake-sources.js';

const MB = 2 ** 20;
const V2 = '/sys/fs/cgroup';
const V1 = '/sys/fs/cgroup/memory';
const UNLIMITED_V1 = '9223372036854771712';

function meminfo(totalKb: number, availableKb: number): string {
  return `MemTotal:       ${String(totalKb)} kB\nMemFree:          1 kB\nMemAvailable:   ${String(availableKb)} kB\nBuffers: 7 kB`;
}

function group(
  directory: string,
  max: string | number,
  current: number,
  inactive: number,
): Record<string, string | number> {
  return {
    [`${directory}/memory.max`]: max,
    [`${directory}/memory.current`]: current,
    [`${directory}/memory.stat`]: `anon 1\nfile 5\ninactive_file ${String(inactive)}\nactive_file 3`,
  };
}

function groupV1(
  directory: string,
  limit: string | number,
  usage: number,
  inactive: number,
): Record<string, string | number> {
  return {
    [`${directory}/memory.limit_in_bytes`]: limit,
    [`${directory}/memory.usage_in_bytes`]: usage,
    [`${directory}/memory.stat`]: `cache 1\ninactive_file 1\ntotal_cache 9\ntotal_inactive_file ${String(inactive)}`,
  };
}

class Refused extends Error {
  override readonly name = 'Refused';
}
const refuse = (message: string): Refused => new Refused(message);

function readingOf(sources: FakeSources): { usedBytes: number; limitBytes: number } {
  return new SystemMemory({ sources }, refuse).read();
}

describe('SystemMemory reads', () => {
  it('the heap where nothing else is nearer to its limit', () => {
    const sources = new FakeSources();
    sources.heapUsed = 3 * GB;
    sources.machineUsed = 32 * GB;
    expect(readingOf(sources)).toEqual({ usedBytes: 3 * GB, limitBytes: 4 * GB });
  });

  it('the machine by what Linux says is available', () => {
    const sources = new FakeSources().write({ '/proc/meminfo': meminfo(8 * MB, 2 * MB) });
    sources.machineUsed = 60 * GB;
    expect(readingOf(sources)).toEqual({ usedBytes: 6 * GB, limitBytes: 8 * GB });
  });

  it.each([
    ['is no /proc/meminfo', undefined],
    ['is a kernel too old for MemAvailable', 'MemTotal: 100 kB\nMemFree: 1 kB'],
    ['is garbage', 'MemTotal: many kB\nMemAvailable: -1 kB'],
  ])('the machine by what the system tells where there %s', (_, text) => {
    const sources = new FakeSources();
    if (text !== undefined) sources.write({ '/proc/meminfo': text });
    sources.machineUsed = 32 * GB;
    expect(readingOf(sources)).toEqual({ usedBytes: 32 * GB, limitBytes: 64 * GB });
  });

  it('a group of version 2, without the cache that can be dropped', () => {
    const sources = new FakeSources().write({
      '/proc/self/cgroup': '0::/system.slice/app.service',
      ...group(`${V2}/system.slice/app.service`, 2 * GB, 1.5 * GB, 0.5 * GB),
    });
    expect(readingOf(sources)).toEqual({ usedBytes: GB, limitBytes: 2 * GB });
  });

  it('a group of version 1, found by its controller', () => {
    const sources = new FakeSources().write({
      '/proc/self/cgroup': '9:cpu,cpuacct:/x\n4:hugetlb,memory:/docker/abc\n0::/y',
      ...groupV1(`${V1}/docker/abc`, 2 * GB, 1.5 * GB, 0.5 * GB),
      ...group(`${V2}/y`, GB, GB, 0),
    });
    expect(readingOf(sources)).toEqual({ usedBytes: GB, limitBytes: 2 * GB });
  });

  it('the outer group where that is the nearer limit', () => {
    const sources = new FakeSources().write({
      '/proc/self/cgroup': '0::/pod/container',
      ...group(`${V2}/pod/container`, 'max', GB, 0),
      ...group(`${V2}/pod`, 4 * GB, 3 * GB, 0),
    });
    expect(readingOf(sources)).toEqual({ usedBytes: 3 * GB, limitBytes: 4 * GB });
  });

  it.each<[string, Record<string, string | number>]>([
    ['version 2 in a namespace', { '/proc/self/cgroup': '0::/', ...group(V2, 2 * GB, GB, 0) }],
    [
      'version 2 outside of the namespace',
      { '/proc/self/cgroup': '0::/../other', ...group(V2, 2 * GB, GB, 0) },
    ],
    [
      'version 1 with the path of the host',
      { '/proc/self/cgroup': '4:memory:/docker/abc', ...groupV1(V1, 2 * GB, GB, 0) },
    ],
  ])('the root that a container sees: %s', (_, files) => {
    expect(readingOf(new FakeSources().write(files))).toEqual({ usedBytes: GB, limitBytes: 2 * GB });
  });

  it('a limit that is set later', () => {
    const sources = new FakeSources().write({
      '/proc/self/cgroup': '0::/a',
      ...group(`${V2}/a`, 'max', GB, 0),
    });
    const memory = new SystemMemory({ sources }, refuse);
    expect(memory.read().limitBytes).toBe(4 * GB);
    sources.write({ [`${V2}/a/memory.max`]: 2 * GB }).clock.advance(1000);
    expect(memory.read()).toEqual({ usedBytes: GB, limitBytes: 2 * GB });
  });

  it.each<[string, Record<string, string | number>]>([
    ['max', { '/proc/self/cgroup': '0::/a', ...group(`${V2}/a`, 'max', 90 * GB, 0) }],
    [
      'the largest number',
      { '/proc/self/cgroup': '4:memory:/a', ...groupV1(`${V1}/a`, UNLIMITED_V1, 90 * GB, 0) },
    ],
    [
      '2 ** 64 - 1',
      { '/proc/self/cgroup': '4:memory:/a', ...groupV1(`${V1}/a`, '18446744073709551615', 90 * GB, 0) },
    ],
    ['garbage', { '/proc/self/cgroup': '0::/a', ...group(`${V2}/a`, 'lots', 90 * GB, 0) }],
    ['empty', { '/proc/self/cgroup': '0::/a', ...group(`${V2}/a`, '', 90 * GB, 0) }],
    ['0', { '/proc/self/cgroup': '0::/a', ...group(`${V2}/a`, 0, 90 * GB, 0) }],
    ['without a usage', { '/proc/self/cgroup': '0::/a', [`${V2}/a/memory.max`]: GB }],
    ['of nobody knows which group', { '/proc/self/cgroup': 'garbage', ...group(V2, GB, 90 * GB, 0) }],
  ])('nothing from a group whose limit is %s', (_, files) => {
    expect(readingOf(new FakeSources().write(files)).limitBytes).toBe(4 * GB);
  });

  it('the whole usage where nobody says what could be dropped', () => {
    const files = group(V2, 2 * GB, GB, 0);
    const sources = new FakeSources().write({ '/proc/self/cgroup': '0::/', ...files });
    sources.files.delete(`${V2}/memory.stat`);
    expect(readingOf(sources).usedBytes).toBe(GB);
  });

  it('no less than nothing', () => {
    const sources = new FakeSources().write({ '/proc/self/cgroup': '0::/', ...group(V2, GB, 5, 6) });
    sources.heapLimit = 0;
    sources.machineTotal = Number.NaN;
    expect(readingOf(sources).usedBytes).toBe(0);
    expect(new SystemMemory({ sources }, refuse).pressure).toBe('none');
  });
});

describe('SystemMemory.pressure', () => {
  it('rises and falls with room in between', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources }, refuse);
    const seen = [0, 79, 80, 71, 70, 69, 79, 92, 86, 85, 84, 79, 70, 69, 95, 50].map((percent) => {
      sources.heapUsed = (percent / 100) * sources.heapLimit;
      sources.clock.advance(1000);
      return `${String(percent)} ${memory.pressure}`;
    });
    expect(seen).toEqual([
      '0 none',
      '79 none',
      '80 moderate',
      '71 moderate',
      '70 moderate',
      '69 none',
      '79 none',
      '92 critical',
      '86 critical',
      '85 critical',
      '84 moderate',
      '79 moderate',
      '70 moderate',
      '69 none',
      '95 critical',
      '50 none',
    ]);
  });

  it('takes levels of its own', () => {
    const sources = new FakeSources();
    sources.heapUsed = 2 * GB;
    const levels = { moderate: { from: 0.4, until: 0.3 }, critical: { from: 0.5, until: 0.45 } };
    expect(new SystemMemory({ sources, levels }, refuse).pressure).toBe('critical');
  });
});

describe('SystemMemory samples', () => {
  it('not before it is asked, and then once an interval', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources }, refuse);
    expect(sources.samples).toBe(0);
    for (let ms = 0; ms < 2500; ms += 100) {
      memory.read();
      expect(memory.pressure).toBe('none');
      sources.clock.advance(100);
    }
    expect(sources.samples).toBe(3);
  });

  it('anew when the clock has gone back, and goes on from there', () => {
    const sources = new FakeSources();
    sources.clock.time = 1e9;
    const memory = new SystemMemory({ sources }, refuse);
    memory.read();
    sources.clock.time = 5;
    sources.heapUsed = 4 * GB;
    expect(memory.pressure).toBe('critical');
    sources.clock.advance(999);
    memory.read();
    expect(sources.samples).toBe(2);
    sources.clock.advance(1);
    memory.read();
    expect(sources.samples).toBe(3);
  });

  it('at the interval that it is told', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources, interval: '5s' }, refuse);
    memory.subscribe(() => undefined);
    sources.clock.advance(4999);
    memory.read();
    expect([...sources.timers].map(({ ms }) => ms)).toEqual([5000]);
    expect(sources.samples).toBe(1);
  });
});

describe('SystemMemory.subscribe', () => {
  it('tells of each change of pressure, once', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources }, refuse);
    const told = vi.fn<(pressure: string) => void>();
    memory.subscribe(told);
    for (const used of [1, 3.3, 3.3, 3.7, 3.7, 0]) {
      sources.heapUsed = used * GB;
      sources.tick();
    }
    expect(told.mock.calls).toEqual([['moderate'], ['critical'], ['none']]);
  });

  it('tells of a change that somebody has read before, from the timer', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources }, refuse);
    const told = vi.fn();
    memory.subscribe(told);
    sources.heapUsed = 4 * GB;
    sources.clock.advance(1000);
    expect([memory.pressure, told.mock.calls.length]).toEqual(['critical', 0]);
    sources.tick();
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('does not tell of the pressure that there was at the start', () => {
    const sources = new FakeSources();
    sources.heapUsed = 4 * GB;
    const told = vi.fn();
    new SystemMemory({ sources }, refuse).subscribe(told);
    sources.tick();
    expect(told).not.toHaveBeenCalled();
  });

  it('runs one timer while there are listeners, and none otherwise', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources }, refuse);
    const listener = (): void => undefined;
    const counts = [sources.timers.size];
    const [one, other] = [memory.subscribe(listener), memory.subscribe(listener)];
    counts.push(sources.timers.size);
    one();
    one();
    counts.push(sources.timers.size);
    other();
    counts.push(sources.timers.size);
    memory.subscribe(listener);
    one();
    other();
    counts.push(sources.timers.size);
    expect(counts).toEqual([0, 1, 1, 0, 1]);
  });

  it('tells nobody who left meanwhile', () => {
    const sources = new FakeSources();
    const memory = new SystemMemory({ sources }, refuse);
    const told = vi.fn();
    const leave: (() => void)[] = [];
    memory.subscribe(() => leave.forEach((stop) => stop()));
    leave.push(memory.subscribe(told));
    sources.heapUsed = 4 * GB;
    sources.tick();
    expect(told).not.toHaveBeenCalled();
  });
});

describe('SystemMemory', () => {
  it.each<[string, object]>([
    ['unknown', { intervall: 1 }],
    ['interval', { interval: 'soon' }],
    ['levels', { levels: { moderate: { from: 0.9, until: 0.7 }, critical: { from: 0.8, until: 0.75 } } }],
    ['levels', { levels: { moderate: { from: 0.5, until: 0.7 }, critical: { from: 0.8, until: 0.75 } } }],
    ['levels', { levels: { moderate: { from: 0.8, until: 0.7 }, critical: { from: 80, until: 0.75 } } }],
  ])('refuses bad options: %s', (word, options) => {
    expect(() => new SystemMemory(options, refuse)).toThrow(
      expect.objectContaining({
        name: 'Refused',
        message: expect.stringContaining(word) as string,
      }) as Error,
    );
  });

  it('reads this machine', () => {
    const { usedBytes, limitBytes } = new SystemMemory({}, refuse).read();
    expect(usedBytes).toBeGreaterThan(0);
    expect(limitBytes).toBeLessThan(2 ** 50);
    expect(usedBytes).toBeLessThan(1.1 * limitBytes);
  });

  it('keeps no process alive', () => {
    const unref = vi.spyOn(globalThis, 'setInterval');
    const stop = new SystemMemory({}, refuse).subscribe(() => undefined);
    const timer: unknown = unref.mock.results[0]?.value;
    unref.mockRestore();
    expect((timer as NodeJS.Timeout).hasRef()).toBe(false);
    stop();
  });
});
