import { describe, expect, it } from 'vitest';
import { allocationCeiling, requireAllocatable } from '../../src/memory/ceiling.js';

function hostOf(isMainThread: boolean, bytes = 1000): Parameters<typeof allocationCeiling>[0] {
  const modules = { 'node:os': { totalmem: () => bytes }, 'node:worker_threads': { isMainThread } };
  return { process: { getBuiltinModule: (id: keyof typeof modules) => modules[id] as never } };
}

describe('an allocation', () => {
  it('is tried on a worker thread up to the memory of the machine, and refused beyond without being tried', () => {
    const ceiling = allocationCeiling(hostOf(false));
    expect(ceiling).toBe(1000);
    expect(() => {
      requireAllocatable(1000, ceiling);
    }).not.toThrow();
    expect(() => {
      requireAllocatable(1001, ceiling);
    }).toThrow(RangeError);
    expect(() => {
      requireAllocatable(2 ** 52, ceiling);
    }).toThrow('allocation failed');
  });

  it.each([
    ['on the main thread, which V8 tells', hostOf(true)],
    ['on a host without a process', {}],
    ['without built-in modules', { process: {} }],
    ['without those two', { process: { getBuiltinModule: () => undefined } }],
  ])('has no bound %s', (_, host) => {
    expect(allocationCeiling(host)).toBe(Infinity);
  });
});
