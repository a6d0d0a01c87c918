import { describe, expect, it } from 'vitest';
import { inheritedFlags } from '../src/process/system-child.js';

describe('the flags of a child process', () => {
  it('never run the program of the parent again', () => {
    expect(inheritedFlags(['--input-type=module', '--eval', 'start()'])).toEqual([]);
    expect(inheritedFlags(['-e', 'start()', '--expose-gc'])).toEqual(['--expose-gc']);
    expect(inheritedFlags(['--print', '1', '-p', '2', '--eval=start()'])).toEqual([]);
    expect(inheritedFlags(['-pe', 'start()'])).toEqual([]);
  });

  it('keep what changes how code runs, with its value', () => {
    const flags = [
      '--expose-gc',
      '--max-old-space-size=512',
      '--conditions',
      '@perf/source',
      '--import',
      'tsx',
    ];
    expect(inheritedFlags(flags)).toEqual(flags);
  });

  it('leave out what two processes cannot share', () => {
    expect(inheritedFlags(['--inspect=9229', '--cpu-prof', '--test', '--watch'])).toEqual([]);
  });
});
