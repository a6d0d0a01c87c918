import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../src/index.js';

describe('a ledger', () => {
  it('adds up what its accounts take and give back, and remembers the most', () => {
    const ledger = new Ledger();
    const [a, b] = [ledger.open('a'), ledger.open('b')];
    a.take(100);
    b.take(50);
    a.give(70);
    b.set(10);
    expect([a.bytes, b.bytes, ledger.bytes]).toEqual([30, 10, 40]);
    expect([a.peakBytes, b.peakBytes, ledger.peakBytes]).toEqual([100, 50, 150]);
  });

  it('lists its accounts, the heaviest first, frozen', () => {
    const ledger = new Ledger();
    ledger.open('light').take(1);
    ledger.open('heavy').take(9);
    const entries = ledger.entries();
    expect(entries).toEqual([
      { name: 'heavy', bytes: 9, peakBytes: 9 },
      { name: 'light', bytes: 1, peakBytes: 1 },
    ]);
    expect([Object.isFrozen(entries), Object.isFrozen(entries[0])]).toEqual([true, true]);
  });

  it('lets an account leave with what it has, once', () => {
    const ledger = new Ledger();
    const account = ledger.open('a');
    account.take(5);
    {
      using leaving = account;
      expect(leaving.bytes).toBe(5);
    }
    account.close();
    expect([ledger.bytes, ledger.entries()]).toEqual([0, []]);
    const closed = expect.objectContaining({ code: 'ERR_PERF_LAZY_CLOSED' }) as Error;
    expect(() => {
      account.take(1);
    }).toThrow(closed);
    expect(() => {
      account.set(1);
    }).toThrow(closed);
  });

  it('refuses to give back more than was taken, and loses nothing', () => {
    const account = new Ledger().open('mine');
    account.take(5);
    expect(() => {
      account.give(6);
    }).toThrow("'mine' holds 5 B and cannot give back 6 B");
    expect(account.bytes).toBe(5);
  });

  it.each([Number.NaN, -1, Infinity, '5', undefined])('refuses %s as bytes', (bytes) => {
    const account = new Ledger().open('a');
    for (const method of ['take', 'give', 'set'] as const) {
      expect(() => Reflect.apply(account[method], account, [bytes]) as unknown).toThrow(
        expect.objectContaining({ code: 'ERR_PERF_LAZY_OPTION' }) as Error,
      );
    }
    expect(account.bytes).toBe(0);
  });

  it('always has the sum of what is open', () => {
    const step = fc.record({
      account: fc.nat(3),
      how: fc.constantFrom('take', 'give', 'set', 'close'),
      bytes: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = new Ledger();
        const accounts = [0, 1, 2, 3].map((name) => ledger.open(String(name)));
        const model = new Map(accounts.map((account) => [account, 0]));
        let peak = 0;
        for (const { account: which, how, bytes } of steps) {
          const account = accounts[which];
          if (account === undefined) continue;
          const held = model.get(account);
          if (how === 'close') {
            account.close();
            model.delete(account);
          } else if (held !== undefined && (how !== 'give' || bytes <= held)) {
            account[how](bytes);
            model.set(account, how === 'set' ? bytes : how === 'take' ? held + bytes : held - bytes);
          }
          const sum = [...model.values()].reduce((all, each) => all + each, 0);
          peak = Math.max(peak, sum);
          expect(ledger.bytes).toBe(sum);
          expect(ledger.peakBytes).toBe(peak);
        }
        expect(ledger.entries()).toHaveLength(model.size);
      }),
    );
  });
});
