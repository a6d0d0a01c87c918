import { describe, expect, it } from 'vitest';
import { HELP, readArguments, UsageError } from '../src/arguments.js';

function refusal(...args: string[]): string {
  try {
    readArguments(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('without a file', () => {
  const demo = { kind: 'demo', seed: 1, quick: false, json: false, verbose: false, report: undefined };

  it.each<[string[], object]>([
    [[], {}],
    [['--quick'], { quick: true }],
    [['--json'], { json: true }],
    [['--verbose'], { verbose: true }],
    [['--report', 'x.html'], { report: 'x.html' }],
    [['--seed', '0'], { seed: 0 }],
    [['--seed=4294967295'], { seed: 4_294_967_295 }],
    [['--quick', '--seed', '7', '--json', '--verbose'], { quick: true, seed: 7, json: true, verbose: true }],
    [['--', '--quick'], { quick: true }],
  ])('%j runs the demo', (args, changed) => {
    expect(readArguments(args)).toEqual({ ...demo, ...changed });
  });
});

describe('with a file', () => {
  const convert = {
    kind: 'convert',
    input: 'a.csv',
    to: 'json',
    from: undefined,
    columns: undefined,
    output: undefined,
    verbose: false,
  };

  it.each<[string[], object]>([
    [[], {}],
    [['--from', 'csv'], { from: 'csv' }],
    [['--columns', 'a'], { columns: ['a'] }],
    [['--columns', ' a, b c ,d'], { columns: ['a', 'b c', 'd'] }],
    [['--output', 'out.json'], { output: 'out.json' }],
    [['--verbose'], { verbose: true }],
  ])('and %j converts it', (args, changed) => {
    expect(readArguments(['--input', 'a.csv', '--to', 'json', ...args])).toEqual({ ...convert, ...changed });
  });

  it('the order of flags, and a literal -- before them, make no difference', () => {
    expect(readArguments(['--', '--to', 'json', '--input', 'a.csv'])).toEqual(convert);
  });
});

describe('help', () => {
  it.each([[['--help']], [['-h']], [['--', '--help']], [['--help', '--to', 'csv']]])(
    'is asked by %j',
    (args) => {
      expect(readArguments(args)).toEqual({ kind: 'help' });
    },
  );

  it('names every flag', () => {
    const flags = [
      'quick',
      'seed',
      'json',
      'report',
      'input',
      'to',
      'from',
      'columns',
      'output',
      'verbose',
      'help',
    ];
    for (const flag of flags) expect(HELP).toContain(`--${flag}`);
  });
});

describe('wrong usage', () => {
  it.each([
    [['--input', 'a.csv'], '--input needs --to FORMAT'],
    [['--to', 'csv'], '--to needs --input FILE'],
    [['--from', 'csv'], '--from needs --input FILE'],
    [['--columns', 'a'], '--columns needs --input FILE'],
    [['--output', 'a'], '--output needs --input FILE'],
    [['--input', 'a.csv', '--to', 'csv', '--columns', 'a,,b'], "given 'a,,b'"],
    [['--input', 'a.csv', '--to', 'csv', '--columns', ''], "given ''"],
    [['--seed', 'x'], "given 'x'"],
    [['--seed', '1.5'], "given '1.5'"],
    [['--seed=-1'], "given '-1'"],
    [['--seed', '4294967296'], "given '4294967296'"],
    [['--seed', ''], "given ''"],
    [['--sed', '1'], "'--sed'"],
    [['--input'], "'--input <value>'"],
    [['--quick=yes'], "'--quick'"],
    [['a.csv'], "'a.csv'"],
    [['--', '--', '--quick'], "'--quick'"],
  ])('%j is refused in one line that names it', (args, named) => {
    expect(refusal(...args)).toContain(named);
    expect(refusal(...args).split('\n')[0]).not.toMatch(/To specify a positional/);
  });
});
