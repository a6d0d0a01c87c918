import { describe, expect, it } from 'vitest';
import { PerformanceBenchmark } from '../src/index.js';
import { Plateau } from '../src/warm-up.js';
import { FakeMachine } from './fake-machine.js';

describe('Plateau', () => {
  const after = (values: readonly number[]): Plateau => {
    const plateau = new Plateau();
    for (const value of values) plateau.add(value);
    return plateau;
  };

  it('is reached when the last three quarters agree', () => {
    expect(after([...Array<number>(10).fill(9), ...Array<number>(30).fill(1)]).reached).toBe(true);
  });

  it('is not reached while the time falls, nor with a handful of samples', () => {
    expect(after(Array.from({ length: 400 }, (_, i) => 2 - i / 400)).reached).toBe(false);
    expect(after(Array<number>(31).fill(1)).reached).toBe(false);
  });

  it('starts over after a reset, and skips what is no time', () => {
    const plateau = after(Array<number>(40).fill(1));
    plateau.reset();
    expect(plateau.reached).toBe(false);
    expect(plateau.latest).toBeNaN();
    plateau.add(Number.NaN);
    expect(plateau.latest).toBeNaN();
  });
});

describe('warming up', () => {
  it('keeps the slow calls of the start out of the figures', async () => {
    const machine = new FakeMachine();
    let calls = 0;
    const result = await new PerformanceBenchmark(machine.options()).measure('compiled late', () => {
      machine.spend(++calls < 300 ? 0.2 : 0.02);
    });
    expect(result.time.max).toBeCloseTo(0.02, 6);
    expect(result.warmUp.settled).toBe(true);
    expect(result.warmUp.calls).toBeGreaterThanOrEqual(300);
    expect(result.warmUp.ms).toBeLessThan(300);
  });

  it('gives up after a quarter of the budget and says so', async () => {
    const machine = new FakeMachine();
    let cost = 1;
    const result = await new PerformanceBenchmark(machine.options()).measure('never settles', () => {
      machine.spend((cost *= 0.999));
    });
    expect(result.warmUp.settled).toBe(false);
    expect(result.warmUp.ms).toBeLessThan(260);
    expect(result.warnings.map(({ code }) => code)).toContain('cold');
  });

  it('gives functions of like cost the same number of calls, and those far apart each their own', async () => {
    const machine = new FakeMachine();
    const spending = (ms: number) => (): void => {
      machine.spend(ms);
    };
    const { contenders } = await new PerformanceBenchmark(machine.options()).compare({
      base: spending(0.0001),
      alike: spending(0.0003),
      far: spending(1),
    });
    expect(contenders[0]?.batch).toBe(contenders[1]?.batch);
    expect(contenders[0]?.batch).toBeGreaterThan(50);
    expect(contenders[2]?.batch).toBe(1);
  });

  it('lengthens samples again when a function becomes faster in the middle of the run', async () => {
    const machine = new FakeMachine();
    const result = await new PerformanceBenchmark(machine.options()).measure('compiled once more', () => {
      machine.spend(machine.now < 500 ? 0.01 : 0.0001);
    });
    expect(result.batch).toBeGreaterThan(50);
    expect(result.warnings.map(({ code }) => code)).not.toContain('coarse-timer');
  });
});
