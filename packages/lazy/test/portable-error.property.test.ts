import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packError, unpackError } from '../src/executor/portable-error.js';
import { LazyError } from '../src/index.js';

const travel = (thrown: unknown): unknown => unpackError(structuredClone(packError(thrown)));

describe('an error that travels between threads', () => {
  it('can always be sent, whatever was thrown', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    const odd = fc.constantFrom<unknown>(
      Symbol('s'),
      () => 1,
      Object.assign(new Error('x'), { code: () => 1 }),
      Object.assign(new Error('x'), { name: Symbol('n'), message: 5, stack: {} }),
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('hidden');
          },
        },
      ),
      Object.defineProperty(new Error('x'), 'code', {
        get() {
          throw new Error('hidden');
        },
      }),
      new Error('x', { cause: () => 1 }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          odd,
          anything.map((cause) => new Error('outer', { cause })),
        ),
        (thrown) => {
          travel(thrown);
        },
      ),
    );
  });

  it('keeps message, name, code, stack and plain fields', () => {
    const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), plain, plain, (message, name, code, path) => {
        const error = Object.assign(new Error(message), { name, code, path });
        const arrived = travel(error);
        expect(arrived).toBeInstanceOf(Error);
        expect(arrived).toMatchObject({ message, name, code, path, stack: error.stack });
      }),
    );
  });

  it('keeps the class of standard errors and of this package', () => {
    for (const error of [new TypeError('t'), new RangeError('r'), new SyntaxError('s'), new Error('e')]) {
      expect(travel(error)).toBeInstanceOf(error.constructor);
    }
    const own = travel(new LazyError('ERR_PERF_LAZY_TASK', 'not found', { cause: 'why' }));
    expect(own).toBeInstanceOf(LazyError);
    expect(own).toMatchObject({ code: 'ERR_PERF_LAZY_TASK', message: 'not found', cause: 'why' });
  });

  it('keeps the errors of an AggregateError', () => {
    const arrived = travel(new AggregateError([new TypeError('one'), 'two'], 'both'));
    expect(arrived).toBeInstanceOf(AggregateError);
    expect((arrived as AggregateError).errors).toMatchObject([{ name: 'TypeError', message: 'one' }, 'two']);
  });

  it('follows a circle of causes only so far', () => {
    const circle = new Error('round');
    circle.cause = circle;
    let rounds = 0;
    for (let at: unknown = travel(circle); at instanceof Error; at = at.cause) rounds += 1;
    expect(rounds).toBe(9);
  });

  it('never sets a prototype, whatever a field is called', () => {
    const error = new Error('x');
    Object.defineProperty(error, '__proto__', { value: 'gotcha', enumerable: true });
    expect(Object.getPrototypeOf(travel(error))).toBe(Error.prototype);
  });
});
