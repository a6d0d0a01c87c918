import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatComparison,
  formatTable,
  PerformanceBenchmark,
  readEnvironment,
  toReport,
  type BenchmarkResult,
  type ComparisonResult,
} from '../src/index.js';
import { drawTable, sparkline, wrapped } from '../src/report/drawing.js';
import { FakeMachine, noise } from './fake-machine.js';

async function results(name = 'parse'): Promise<{ measured: BenchmarkResult; compared: ComparisonResult }> {
  const machine = new FakeMachine();
  const bench = new PerformanceBenchmark(machine.options());
  const factor = noise({ seed: 1, scatter: 0.02 });
  const spend = (ms: number) => (): void => {
    machine.spend(ms * factor());
  };
  return {
    measured: await bench.measure(name, spend(1), { bytes: 10_000_000 }),
    compared: await bench.compare({ [name]: spend(1), twice: spend(2), open: spend(1.013) }),
  };
}

const letters = (text: string): number => Array.from(text).length;

describe('sparkline', () => {
  it('draws the smallest value lowest and the largest highest', () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([3, 1])).toBe('█▁');
  });

  it('stays low where the values differ by less than one in twenty', () => {
    expect(sparkline([100, 100.5, 100])).toBe('▁▂▁');
    expect(sparkline([5, 5, 5])).toBe('▁▁▁');
    expect(sparkline([0, 0])).toBe('▁▁');
  });

  it('leaves a gap for what is no number, and is empty for nothing', () => {
    expect(sparkline([1, Number.NaN, 2])).toBe('▁ █');
    expect(sparkline([])).toBe('');
    expect(sparkline([Number.NaN])).toBe(' ');
  });
});

describe('drawTable', () => {
  const columns = [
    { title: 'name', cell: (row: [string, string]) => row[0], flexible: true },
    { title: 'n', cell: (row: [string, string]) => row[1], right: true },
  ];

  it('aligns text to the left and numbers to the right', () => {
    expect(
      drawTable(
        columns,
        [
          ['a', '1'],
          ['long name', '1000'],
        ],
        80,
      ),
    ).toEqual(['name          n', 'a             1', 'long name  1000']);
  });

  it('cuts what may be cut, then leaves out the last columns', () => {
    expect(drawTable(columns, [['a very long name', '123']], 15)).toEqual([
      'name          n',
      'a very lo…  123',
    ]);
    expect(drawTable(columns, [['a very long name', '123']], 10)).toEqual(['name', 'a very …']);
  });

  it('keeps a name with line ends and colour codes on one line', () => {
    expect(drawTable(columns, [['a\nb\u001b[31mc', '1']], 80)[1]).toBe('a b [31mc  1');
  });

  it('never exceeds the width, and every line has its columns in place', () => {
    const row = fc.tuple(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.integer({ min: 8, max: 100 }), (rows, width) => {
        for (const line of drawTable(columns, rows, width)) {
          expect(letters(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\n\r\u001b]/);
        }
      }),
    );
  });
});

describe('wrapped', () => {
  it('breaks between words and indents what follows', () => {
    expect(wrapped('one two three four', 9)).toEqual(['one two', '    three', '    four']);
  });
});

describe('formatTable', () => {
  it('shows a line for each measurement', async () => {
    const { measured } = await results();
    const [head, line] = formatTable([measured]).split('\n');
    expect(head).toMatch(/^name +median +\+- +p99 +rate +gc +bytes\/call +over time$/);
    expect(line).toMatch(
      /^parse +\S+ [mu]s +1\.\d % +1\.0\d ms +9\.\d\d GB\/s +0\.0 % +0 B +[▁▂▃▄▅▆▇█]{24}$/,
    );
  });

  it('shows a heading when there is nothing to show', () => {
    expect(formatTable([]).split('\n')).toHaveLength(1);
  });

  it.each([
    'x',
    'a name that goes on and on, far beyond what anybody would call a name, and still does not end here',
  ])('fits 100 columns, or the width it is given (%s)', async (name) => {
    const { measured, compared } = await results(name);
    for (const text of [formatTable([measured]), formatComparison(compared)]) {
      for (const line of text.split('\n')) expect(letters(line)).toBeLessThanOrEqual(100);
    }
    for (const line of formatTable([measured], { width: 40 }).split('\n'))
      expect(letters(line)).toBeLessThanOrEqual(40);
  });
});

describe('formatComparison', () => {
  it('shows the base, each candidate with its verdict, and what a ratio is', async () => {
    const { compared } = await results();
    const lines = formatComparison(compared).split('\n');
    expect(lines[0]).toMatch(/^name +median +\+- +ratio +95 % interval +verdict +pairs +ratio over time$/);
    expect(lines[1]).toMatch(/^parse +\S+ [mu]s +\S+ % +base$/);
    expect(lines[2]).toMatch(/^twice +\S+ ms .* 2\.0\d\d +1\.\d{3} \.\. 2\.\d{3} +slower +\d+ +[▁▂▃▄▅▆▇█]+$/);
    expect(lines[4]).toMatch(/^ratio: time over that of 'parse'; same: within 1\.0 %; took .* of 1\.00 s$/);
  });

  it('says how much longer an open question would take', async () => {
    const { compared } = await results();
    const [, open] = compared.comparisons;
    expect(open?.verdict).toBe('undecided');
    expect(formatComparison(compared)).toMatch(
      /\nundecided about 'open': about \S+ (ms|s|min|h) more would decide/,
    );
  });

  it('names too few pairs instead of an endless interval, and a question without an end', async () => {
    const { compared } = await results();
    const text = formatComparison({
      ...compared,
      comparisons: [{ ...compared, verdict: 'undecided', interval: [0, Infinity], moreMs: Infinity }],
    });
    expect(text).toContain('too few pairs');
    expect(text).toContain('no longer run would decide for sure');
  });
});

describe('toReport', () => {
  it('names its schema, its environment and what the caller adds', async () => {
    const { measured, compared } = await results();
    const report = toReport([measured, compared], { commit: 'abc1234', at: '2026-01-01T00:00:00Z' });
    expect(report).toMatchObject({
      schema: 'perf-benchmark/1',
      commit: 'abc1234',
      at: '2026-01-01T00:00:00Z',
    });
    expect(report.environment).toEqual(readEnvironment());
    expect(report.results.map(({ kind }) => kind)).toEqual(['measurement', 'comparison']);
  });

  it('is the same after a way through JSON, numbers that are not finite included', async () => {
    const { measured, compared } = await results();
    const odd = { ...compared, interval: [0, Infinity] as const, ratio: Number.NaN };
    const report = toReport([measured, odd]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.results[1]).toMatchObject({ interval: [0, null], ratio: null });
  });
});

describe('readEnvironment', () => {
  it('says where figures come from', () => {
    expect(readEnvironment()).toMatchObject({
      platform: process.platform,
      node: process.versions.node,
      v8: process.versions.v8,
    });
    expect(readEnvironment().cpu).not.toBe('');
    expect(readEnvironment().cores).toBeGreaterThanOrEqual(1);
    expect(readEnvironment().memoryBytes).toBeGreaterThan(0);
  });
});
