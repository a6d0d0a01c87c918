import { describe, expect, it } from 'vitest';
import { calibrate, callCost, sampleLength } from '../src/timer.js';
import { FakeMachine } from './fake-machine.js';

function clockOf(machine: FakeMachine): { now(): number } {
  const { clock } = machine.options();
  if (clock === undefined) throw new Error('a fake machine has a clock');
  return clock;
}

describe('calibrate', () => {
  it('finds what reading a fine clock costs, and takes that for its resolution', () => {
    const machine = new FakeMachine();
    machine.readMs = 0.00007;
    const timer = calibrate(clockOf(machine));
    expect(timer.readMs).toBeCloseTo(0.00007, 8);
    expect(timer.resolutionMs).toBeCloseTo(0.00007, 8);
  });

  it('finds the step of a coarse clock, and still what reading it costs', () => {
    const machine = new FakeMachine();
    machine.stepMs = 1;
    machine.readMs = 0.0002;
    const timer = calibrate(clockOf(machine));
    expect(timer.resolutionMs).toBeCloseTo(1, 9);
    expect(timer.readMs).toBeCloseTo(0.0002, 5);
  });

  it('comes back from a clock that stands still', () => {
    expect(calibrate({ now: () => 42 })).toMatchObject({ resolutionMs: 0, readMs: 0 });
  });

  it('is not misled by a clock that goes back now and then', () => {
    const machine = new FakeMachine();
    const clock = clockOf(machine);
    let reads = 0;
    const jumping = {
      now: () => {
        if (++reads % 1000 === 0) machine.now -= 0.01;
        return clock.now();
      },
    };
    expect(calibrate(jumping).resolutionMs).toBeCloseTo(machine.readMs, 7);
  });

  it.each([Number.NaN, Infinity])('refuses a clock that says %s', (now) => {
    expect(() => calibrate({ now: () => now })).toThrow(
      expect.objectContaining({ code: 'ERR_PERF_BENCHMARK_CLOCK' }),
    );
  });
});

describe('sampleLength', () => {
  const timer = { clock: { now: () => 0 }, readMs: 0, resolutionMs: 0.0001 };

  it('is two hundred times the resolution', () => {
    expect(sampleLength(timer, 100)).toBeCloseTo(0.02, 12);
  });

  it('is longer where more than 20,000 samples would fit', () => {
    expect(sampleLength(timer, 20_000)).toBe(1);
  });

  it('is shorter where fewer than 40 samples would fit', () => {
    expect(sampleLength({ ...timer, resolutionMs: 1 }, 80)).toBe(2);
  });
});

describe('callCost', () => {
  it('is nothing where only reading the clock takes time', () => {
    const machine = new FakeMachine();
    expect(callCost(calibrate(clockOf(machine)))).toBeLessThan(1e-9);
  });
});
