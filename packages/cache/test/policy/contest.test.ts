import { describe, expect, it } from 'vitest';
import { Contest } from '../../src/policy/contest.js';
import { Dice } from './dice.js';

const [A, B, C] = [0b001, 0b010, 0b100];
const PERIOD = 1000;

function contest(candidates: number): Contest {
  const made = new Contest(candidates);
  made.period = PERIOD;
  return made;
}

/** Follows the leader through so many accesses, each drawn from a seed; returns whom it followed after each. */
function followed(
  made: Contest,
  accesses: number,
  draw: (dice: Dice) => readonly [cost: number, present: number],
): number[] {
  const dice = new Dice(accesses);
  let current = 0;
  return Array.from({ length: accesses }, () => {
    made.record(...draw(dice));
    current = made.leader(current);
    return current;
  });
}

const changes = (leaders: readonly number[]): number =>
  leaders.filter((leader, i) => i > 0 && leader !== leaders[i - 1]).length;

describe('a contest', () => {
  it('leaves the one in charge who is, while nothing happened', () => {
    expect([0, 1, 2].map((current) => contest(3).leader(current))).toEqual([0, 1, 2]);
  });

  it('leaves the one in charge who is, while all do the same', () => {
    for (const present of [0, A | B]) {
      const leaders = followed(contest(2), 10_000, () => [1, present]);
      expect(new Set(leaders)).toEqual(new Set([0]));
    }
  });

  it('follows the one who saves more', () => {
    const leaders = followed(contest(3), 1000, (dice) => [
      1,
      dice.fraction() < 0.7 ? B | C : dice.one([A, B, C]),
    ]);
    expect(leaders.at(-1)).not.toBe(0);
    const only = followed(contest(3), 1000, (dice) => [1, dice.fraction() < 0.5 ? C : A | B]);
    expect(only.at(-1)).toBe(0);
    const third = followed(contest(3), 1000, (dice) => [1, dice.fraction() < 0.5 ? C : 0]);
    expect(third.at(-1)).toBe(2);
  });

  it('follows nobody whose lead is within half a hundredth of what was at stake', () => {
    const made = contest(2);
    for (let i = 0; i < 900; i++) made.record(1, A | B);
    for (let i = 0; i < 5; i++) made.record(1, B);
    // A lead of 5, a deviation of 2.2 and a margin of 4.5.
    expect(made.leader(0)).toBe(0);
    for (let i = 0; i < 4; i++) made.record(1, B);
    // A lead of 9, a deviation of 3 and a margin of 4.5.
    expect(made.leader(0)).toBe(1);
  });

  it('follows nobody whose lead is within one standard deviation of chance', () => {
    const made = contest(2);
    for (let i = 0; i < 50; i++) made.record(1, A);
    for (let i = 0; i < 60; i++) made.record(1, B);
    // A lead of 10, a deviation of 10.5.
    expect(made.leader(0)).toBe(0);
    for (let i = 0; i < 5; i++) made.record(1, B);
    // A lead of 15, a deviation of 10.7.
    expect(made.leader(0)).toBe(1);
  });

  it('is not won by a single access, however much it saved', () => {
    const made = contest(2);
    made.record(1e9, B);
    expect(made.leader(0)).toBe(0);
  });

  it('counts what is saved, not how often', () => {
    const leaders = followed(contest(2), 5000, (dice) => (dice.fraction() < 0.9 ? [1, A] : [100, B]));
    expect(leaders.at(-1)).toBe(1);
  });

  it('hardly ever changes its mind for the sake of noise', () => {
    const leaders = [1, 2, 3, 4, 5].map((seed) => {
      const rounds = 20_000 + seed;
      // Each has one access in two, and it is chance which.
      return changes(followed(contest(2), rounds, (dice) => [1, dice.below(4)]));
    });
    // Twenty periods each, in which a coin would have decided 20 000 times.
    expect(Math.max(...leaders)).toBeLessThan(20);
    const alike = [1, 2, 3, 4, 5].map((seed) => {
      // They differ at one access in a hundred.
      return changes(
        followed(contest(2), 20_000 + seed, (dice) => [1, dice.below(100) > 0 ? A | B : dice.one([A, B])]),
      );
    });
    expect(Math.max(...alike)).toBeLessThan(3);
  });

  it('does not go back and forth between two that are about as good', () => {
    const made = contest(2);
    for (let i = 0; i < 500; i++) made.record(1, B);
    expect([made.leader(0), made.leader(1)]).toEqual([1, 1]);
    for (let i = 0; i < 500; i++) made.record(1, A);
    expect([made.leader(0), made.leader(1)]).toEqual([0, 1]);
  });

  it('forgets: when another becomes better, it follows that one within a few periods', () => {
    const made = contest(2);
    followed(made, 100 * PERIOD, () => [1, A]);
    const leaders = followed(made, 5 * PERIOD, () => [1, B]);
    const turned = leaders.indexOf(1);
    expect(turned).toBeGreaterThan(0);
    expect(turned).toBeLessThan(2.5 * PERIOD);
    expect(changes(leaders)).toBe(1);
  });

  it('forgets how unsure it was, too', () => {
    const made = contest(2);
    // The larger the costs at which the two differ, the more their difference may be chance.
    for (let i = 0; i < 100 * PERIOD; i++) made.record(10, i % 2 === 0 ? A : B);
    const leaders = followed(made, 12 * PERIOD, () => [1, B]);
    expect(leaders.at(-1)).toBe(1);
  });

  it('lets what is past count half with every period', () => {
    const long = contest(2);
    for (let i = 0; i < PERIOD; i++) long.record(1, A);
    for (let i = 0; i < PERIOD - 1; i++) long.record(1, B);
    // 500 are left of the first period. A lead of 499, a deviation of 35, a margin of 7.5.
    expect(long.leader(0)).toBe(1);
    const short = contest(2);
    for (let i = 0; i < PERIOD - 1; i++) short.record(1, A);
    for (let i = 0; i < 800; i++) short.record(1, B);
    // A lead of 301, one access into the period before it was halved.
    expect(short.leader(0)).toBe(1);
  });

  it('has periods of no less than 64 accesses', () => {
    const made = new Contest(2);
    made.period = 0;
    for (let i = 0; i < 63; i++) made.record(1, B);
    expect(made.leader(0)).toBe(1);
    const faded = new Contest(2);
    faded.period = 0;
    for (let i = 0; i < 10 * 64; i++) faded.record(1, B);
    for (let i = 0; i < 3 * 64; i++) faded.record(1, A);
    expect(faded.leader(1)).toBe(0);
  });
});
