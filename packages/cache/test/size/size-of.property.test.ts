import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/size/size-of.js';

const HIDDEN = 2 ** 20;
/** What everything else in a generated value takes together, at most. */
const REST = HIDDEN / 2;

type Wrap = (held: unknown, seed: number) => unknown;

const ROW = (i: number): Record<string, unknown> => ({ id: i, city: 'Oslo', price: i + 0.5, paid: true });
const rows = (count: number): Record<string, unknown>[] => Array.from({ length: count }, (_, i) => ROW(i));

/** Every way in which one value holds another. */
const WRAPS: Record<string, Wrap> = {
  field: (held) => ({ a: 1, held }),
  'field after an index': (held) => ({ 7: 1, held }),
  index: (held, seed) => ({ [seed]: held }),
  symbol: (held) => ({ a: 1, [Symbol('held')]: held }),
  'only a symbol': (held) => ({ [Symbol('held')]: held }),
  getter: (held) => ({
    get held() {
      return held;
    },
  }),
  'field after a getter that throws': (held) => ({
    get a() {
      throw new Error('no');
    },
    held,
  }),
  'field of a frozen object': (held) => Object.freeze({ held }),
  'field without a prototype': (held) => Object.assign(Object.create(null) as object, { held }),
  'field that another was deleted from': (held) => {
    const value: { a?: number; held: unknown } = { a: 1, held };
    delete value.a;
    return value;
  },
  'field of an instance': (held) =>
    new (class {
      held = held;
    })(),
  'field beside inherited ones': (held) => Object.assign(Object.create({ inherited: 1 }) as object, { held }),
  'one of many fields': (held, seed) =>
    Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${String(i)}`, i === seed % 300 ? held : i])),
  proxy: (held) => new Proxy({ held }, {}),
  element: (held) => ['a', held, 0.5],
  'element after one that throws': (held) =>
    Object.defineProperty([0, held], 0, {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    }),
  'element far out': (held, seed) => Object.assign([], { [1_000_000 + seed]: held }),
  'element among holes': (held, seed) => Object.assign(new Array(10_000), { [seed]: held }),
  'property of a list': (held) => Object.assign([1, 2, 3], { held }),
  'symbol of a list': (held) => Object.assign([1, 2, 3], { [Symbol('held')]: held }),
  'property of a typed array': (held) => Object.assign(new Uint8Array(100), { held }),
  'property of a function': (held) => Object.assign(() => 1, { held }),
  'key of a map': (held) => new Map([[held, 1]]),
  'value of a map': (held) => new Map([['a', held]]),
  'property of a map': (held) => Object.assign(new Map(), { held }),
  'member of a set': (held) => new Set([1, held]),
  'map with another prototype': (held) =>
    Object.setPrototypeOf(new Map([['a', held]]), Object.prototype) as unknown,
  'set without a prototype': (held) => Object.setPrototypeOf(new Set([held]), null) as unknown,
  'instance of a map': (held) => new (class extends Map<string, unknown> {})([['a', held]]),
  'cause of an error': (held) => new Error('a', { cause: held }),
  'field of one of many rows': (held, seed) => {
    const list = rows(300);
    list[seed % 300] = { ...ROW(seed % 300), held };
    return list;
  },
  'symbol of one of many rows': (held, seed) => {
    const list = rows(300);
    list[seed % 300] = { ...ROW(seed % 300), [Symbol('held')]: held };
    return list;
  },
  'one of many rows': (held, seed) => rows(300).with(seed % 300, { held }),
  'list among many rows': (held, seed) => rows(300).with(seed % 300, Object.assign([held], ROW(seed % 300))),
  'row out of order': (held, seed) => rows(300).with(seed % 300, { ...ROW(0), held }),
};

const BUFFERS: Record<string, () => unknown> = {
  'an ArrayBuffer': () => new ArrayBuffer(HIDDEN),
  'a SharedArrayBuffer': () => new SharedArrayBuffer(HIDDEN),
  'a view of a part': () => new Uint8Array(new ArrayBuffer(HIDDEN), 5, 3),
  'a DataView': () => new DataView(new ArrayBuffer(HIDDEN), 1),
  'a Buffer': () => Buffer.alloc(HIDDEN),
  'a narrow text': () => 'x'.repeat(HIDDEN),
  'a wide text': () => '\u20ac'.repeat(HIDDEN / 2),
  'a buffer without its prototype': () => Object.setPrototypeOf(new ArrayBuffer(HIDDEN), null) as unknown,
};

const path = fc.array(fc.tuple(fc.constantFrom(...Object.keys(WRAPS)), fc.nat(9999)), {
  minLength: 1,
  maxLength: 5,
});
const buffer = fc.constantFrom(...Object.keys(BUFFERS));

function hide(held: unknown, steps: readonly (readonly [string, number])[]): unknown {
  return steps.reduce((value, [wrap, seed]) => WRAPS[wrap]?.(value, seed), held);
}

describe('sizeOf', () => {
  it.each(Object.keys(WRAPS))('sees what is held as %s', (wrap) => {
    const size = sizeOf(WRAPS[wrap]?.(new Uint8Array(HIDDEN), 17));
    expect(size).toBeGreaterThanOrEqual(HIDDEN);
    expect(size).toBeLessThan(HIDDEN + REST);
  });

  it('counts a large buffer once, wherever it is', () => {
    fc.assert(
      fc.property(path, buffer, (steps, kind) => {
        const size = sizeOf(hide(BUFFERS[kind]?.(), steps));
        expect(size).toBeGreaterThanOrEqual(HIDDEN);
        expect(size).toBeLessThan(HIDDEN + REST);
      }),
    );
  });

  it('counts once what is held in several ways', () => {
    fc.assert(
      fc.property(fc.array(path, { minLength: 2, maxLength: 4 }), fc.boolean(), (paths, behindView) => {
        const whole = new ArrayBuffer(HIDDEN);
        const shared = behindView ? [new Uint8Array(whole, 1, 2), new DataView(whole)] : whole;
        const size = sizeOf(paths.map((steps) => hide(shared, steps)));
        expect(size).toBeGreaterThanOrEqual(HIDDEN);
        expect(size).toBeLessThan(HIDDEN + REST);
      }),
    );
  });

  it('takes an object that is held twice for one', () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        const shared = { texts: Array.from({ length: 100 }, (_, i) => `a text of its own ${String(i)}`) };
        const twice = sizeOf([hide(shared, one), hide(shared, other)]);
        expect(twice).toBe(sizeOf([hide(shared, one), hide(null, other)]));
      }),
    );
  });

  it('ends on cycles, and counts each member once', () => {
    fc.assert(
      fc.property(path, (steps) => {
        const ring: { self: unknown; data: Uint8Array } = { self: null, data: new Uint8Array(HIDDEN) };
        const open = sizeOf([ring, hide(null, steps)]);
        ring.self = hide(ring, steps);
        expect(Math.abs(sizeOf([ring, null]) - open)).toBeLessThan(100);
      }),
    );
  });
});

describe('sizeOf of rows', () => {
  it.each([1, -1])('takes rows that are met again for the same, in any order (%d)', (direction) => {
    const list = rows(1000).map((row) => ({ ...row, id: direction * Number(row['id']) }));
    const alone = sizeOf([list]);
    const again = [list.toReversed(), new Set(list), list.slice(500), list.map((row) => ({ row }))];
    for (const other of again) {
      const links = sizeOf([other]) - alone;
      expect(sizeOf([list, other]) - alone - Math.max(0, links)).toBeLessThan(60_000);
      expect(sizeOf([list, other])).toBe(sizeOf([other, list]));
    }
  });

  it('takes equal rows for different ones, and one row for one however often it is there', () => {
    const row = ROW(1);
    const same = Array.from({ length: 1000 }, () => row);
    const equal = Array.from({ length: 1000 }, () => ({ ...row }));
    expect(sizeOf(same)).toBe(sizeOf([row]) + 999 * 8);
    expect(sizeOf(equal)).toBeGreaterThan(1000 * 60);
  });

  it('estimates texts within 3 %, however they repeat', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('x', '\u20ac'),
        (distinct, period, filler) => {
          const text = (i: number): string => `${String(i % distinct)}${filler.repeat((i % period) + 11)}`;
          const list = Array.from({ length: 30_000 }, (_, i) => ({
            id: i,
            short: String(i % distinct),
            long: i % 3 === 0 ? text(i) : `${String(i)} narrow text`,
          }));
          const short = new Set(list.map((row) => row.short));
          const exact =
            56 +
            list.length * (8 + sizeOf({ id: 0, short: '', long: '' })) +
            [...short].reduce((bytes, one) => bytes + sizeOf(one), 0) +
            list.reduce((bytes, { long }) => bytes + sizeOf(long), 0);
          expect(Math.abs(sizeOf(list) / exact - 1)).toBeLessThan(0.03);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([15, 16, 17, 32])('is not misled by every %dth text being wide', (period) => {
    const texts = Array.from({ length: 100_000 }, (_, i) =>
      `${String(i)} of many texts`.padEnd(40, i % period === 0 ? '\u20ac' : 'x'),
    );
    const exact = 48 + 100_000 * (8 + 56) + Math.ceil(100_000 / period) * 40;
    expect(Math.abs(sizeOf(texts) / exact - 1)).toBeLessThan(0.01);
  });

  it('leaves out what is inherited', () => {
    const value = Object.assign(Object.create({ inherited: new Uint8Array(HIDDEN) }) as object, { own: 1 });
    expect(sizeOf([value, value])).toBe(sizeOf([{ own: 1 }]) + 8);
  });

  it('is not misled by getters that give something else each time', () => {
    let count = 0;
    const restless = (): object => ({
      get id() {
        return count++;
      },
      get self(): object {
        return list;
      },
    });
    const list: object[] = Array.from({ length: 100 }, restless);
    expect(sizeOf(list)).toBeLessThan(10_000);
  });
});
