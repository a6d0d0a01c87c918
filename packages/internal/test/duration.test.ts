import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../src/duration.js';

const refuse = (message: string): Error => new RangeError(message);

describe('parseDuration', () => {
  it.each([
    [0, 0],
    [1.5, 1.5],
    ['250ms', 250],
    ['30s', 30_000],
    ['5 m', 300_000],
    ['1H', 3_600_000],
    ['0.5d', 43_200_000],
  ])('reads %s as %s ms', (given, ms) => {
    expect(parseDuration(given, 'ttl', refuse)).toBe(ms);
  });

  it.each(['', '5', '5min', '-1s', -1, Number.NaN, Infinity])('refuses %s and names the field', (given) => {
    expect(() => parseDuration(given, 'ttl', refuse)).toThrow(/^ttl must be/);
  });

  it('takes Infinity only where never is a choice', () => {
    expect(parseDuration(Infinity, 'ttl', refuse, true)).toBe(Infinity);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.0000213, '21.3 ns'],
    [0.0213, '21.3 us'],
    [1.234, '1.23 ms'],
    [1234, '1.23 s'],
    [90_000, '1.50 min'],
    [7_200_000, '2.00 h'],
  ])('writes %s ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
