import { describe, expect, it } from 'vitest';
import { StreamingConverter, type RunStreamOptions, type StreamProgress } from '../../src/index.js';
import { batch } from '../fixtures/stream.js';
import { HandClock } from '../fixtures/time.js';

/** Reads batches of 10 rows and 100 bytes, one every so many milliseconds. */
async function told(pauses: readonly number[], o: RunStreamOptions<number> = {}): Promise<StreamProgress[]> {
  const clock = new HandClock();
  const converter = new StreamingConverter({ clock, memory: false });
  const reports: StreamProgress[] = [];
  function* source() {
    for (const ms of pauses) {
      clock.time += ms;
      yield batch(0, 100, 10);
    }
  }
  await converter.run(source(), [], { onProgress: (report) => reports.push(report), ...o }).drain();
  return reports;
}

describe('progress', () => {
  it('is told of at most once in an interval, and at the end', async () => {
    const reports = await told([100, 100, 100, 100, 100, 100, 10]);
    expect(reports.map(({ batches, done }) => [batches, done])).toEqual([
      [3, false],
      [6, false],
      [7, true],
    ]);
  });

  it('counts batches, rows, bytes and the time since the beginning', async () => {
    const [report] = await told([500]);
    expect(report).toMatchObject({ batches: 1, rows: 10, bytes: 100, elapsedMs: 500, done: false });
  });

  it('tells a rate that follows what comes now', async () => {
    const fast = Array.from({ length: 100 }, () => 100);
    const slow = Array.from({ length: 20 }, () => 1000);
    const reports = await told([...fast, ...slow], { progressInterval: '1s' });
    expect(reports[5]?.rowsPerSecond).toBeCloseTo(100);
    expect(reports[5]?.bytesPerSecond).toBeCloseTo(1000);
    expect(reports.at(-2)?.rowsPerSecond).toBeCloseTo(10, 0);
  });

  it('tells the time left and the part that is done, by bytes where they are known', async () => {
    const reports = await told([1000, 1000, 1000], {
      total: { rows: 1, bytes: 400 },
      progressInterval: 0,
    });
    expect(reports.map(({ fraction, remainingMs }) => [fraction, remainingMs])).toEqual([
      [0.25, 3000],
      [0.5, 2000],
      [0.75, 1000],
      [1, 0],
    ]);
  });

  it('does so by rows where only those are known, and never tells of more than everything', async () => {
    const reports = await told([1000, 1000], { total: { rows: 10 }, progressInterval: 0 });
    expect(reports.map(({ fraction, remainingMs }) => [fraction, remainingMs])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  it('has no part and no time left without a total, nor while there is no rate', async () => {
    const [report] = await told([1000], { progressInterval: 0 });
    expect(report).toMatchObject({ fraction: undefined, remainingMs: undefined });
    const [early] = await told([0], { progressInterval: 0, total: { rows: 100 } });
    expect(early).toMatchObject({ rowsPerSecond: 0, fraction: 0.1, remainingMs: undefined });
  });

  it('stands a clock that goes back', async () => {
    const reports = await told([1000, -5000, 10_000], { progressInterval: 0 });
    for (const { rowsPerSecond, elapsedMs } of reports) {
      expect(rowsPerSecond).toBeGreaterThanOrEqual(0);
      expect(elapsedMs).toBeGreaterThanOrEqual(0);
    }
  });

  it('is told of an empty source', async () => {
    await expect(told([], { total: { rows: 0 } })).resolves.toEqual([
      expect.objectContaining({ batches: 0, fraction: 1, remainingMs: 0, done: true }),
    ]);
  });
});
