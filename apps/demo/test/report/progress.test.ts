import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/report/progress.js';

/** A stream that remembers what was written to it. */
function recorder(isTTY: boolean) {
  const written: string[] = [];
  return { stream: { isTTY, write: (text: string) => written.push(text) }, written };
}

describe('on a terminal', () => {
  it('a bar is redrawn on its own line, and taken off at the end', () => {
    const { stream, written } = recorder(true);
    const progress = new Progress(stream, 'serving');
    progress.show(1, 4, 1000);
    progress.show(4, 4, 4000);
    progress.done();
    expect(written).toEqual([
      '\rserving [########......................] 1/4, 3.0 s left  ',
      '\rserving [##############################] 4/4, 0.0 s left  ',
      `\r${' '.repeat(100)}\r`,
    ]);
  });

  it('nothing done yet, or nothing to do, is no reason for NaN', () => {
    const { stream, written } = recorder(true);
    const progress = new Progress(stream, 'serving');
    progress.show(0, 10, 0);
    progress.show(0, 0, 0);
    expect(written.join('')).not.toMatch(/NaN|Infinity/);
  });
});

describe('elsewhere', () => {
  it('a line is written at every fifth, each once, and nothing at the end', () => {
    const { stream, written } = recorder(false);
    const progress = new Progress(stream, 'serving');
    for (let done = 0; done <= 200; done++) progress.show(done, 200, done * 10);
    progress.done();
    expect(written).toEqual([
      'serving: 0 of 200 after 0.0 s\n',
      'serving: 40 of 200 after 0.4 s\n',
      'serving: 80 of 200 after 0.8 s\n',
      'serving: 120 of 200 after 1.2 s\n',
      'serving: 160 of 200 after 1.6 s\n',
      'serving: 200 of 200 after 2.0 s\n',
    ]);
  });
});
