import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { allocationCeiling, requireAllocatable } from '../../src/memory/ceiling.js';

describe('an allocation', () => {
  it('is tried up to the memory of the machine, and refused beyond without being tried', () => {
    expect(allocationCeiling()).toBe(totalmem());
    expect(() => {
      requireAllocatable(totalmem());
    }).not.toThrow();
    expect(() => {
      requireAllocatable(totalmem() + 1);
    }).toThrow(RangeError);
    expect(() => {
      requireAllocatable(2 ** 52);
    }).toThrow('allocation failed');
  });

  it.each([
    ['without a process', {}],
    ['without built-in modules', { process: {} }],
    ['without an operating system', { process: { getBuiltinModule: () => undefined } }],
  ])('has no bound on a host %s', (_, host) => {
    expect(allocationCeiling(host)).toBe(Infinity);
  });
});
