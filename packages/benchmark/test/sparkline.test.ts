import { describe, expect, it } from 'vitest';
import { sparkline } from '../src/report/drawing.js';

describe('a sparkline', () => {
  it('goes from the smallest value to the largest', () => {
    expect(sparkline([1, 2, 3])).toBe('▁▅█');
  });

  it('averages a longer series over stretches of the width it has', () => {
    expect(sparkline([1, 1, 3, 3, 5, 5], 3)).toBe('▁▅█');
    expect(
      sparkline(
        Array.from({ length: 100 }, (_, i) => i),
        15,
      ),
    ).toHaveLength(15);
  });

  it('stays flat where hardly anything moves', () => {
    expect(sparkline([100, 100.1, 100])).toBe('▁▁▁');
  });
});
