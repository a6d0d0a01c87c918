import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Flight } from '../src/flight.js';
import { deferred, outcomeOf, settle } from './fixtures/deferred.js';

function flight() {
  const work = deferred<string>();
  const told = { landed: vi.fn(), failed: vi.fn(), cancelled: vi.fn() };
  let signal: AbortSignal | undefined;
  const shared = new Flight<string>((given) => {
    signal = given;
    return work.promise;
  }, told);
  const at = (priority: number) => ({ priority: () => priority });
  return { work, told, shared, at, aborted: () => signal?.aborted, reason: (): unknown => signal?.reason };
}

describe('Flight', () => {
  it('brings the same value to all who wait, and tells its owner first', async () => {
    const { shared, work, told, at } = flight();
    const order: string[] = [];
    told.landed.mockImplementation(() => order.push('owner'));
    const all = [shared.join(at(0)), shared.join(at(0))].map((p) => p.then((v) => order.push(v)));
    work.resolve('value');
    await Promise.all(all);
    expect(order).toEqual(['owner', 'value', 'value']);
  });

  it('brings the same error to all who wait', async () => {
    const { shared, work, told, at } = flight();
    const error = new Error('no');
    const all = Promise.allSettled([shared.join(at(0)), shared.join(at(0))]);
    work.reject(error);
    expect(await all).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(told.failed).toHaveBeenCalledExactlyOnceWith(error);
  });

  it('lets one leave by its own signal without disturbing the others', async () => {
    const { shared, work, at, aborted } = flight();
    const abort = new AbortController();
    const leaving = shared.join({ ...at(0), signal: abort.signal });
    const staying = shared.join(at(0));
    const left = expect(leaving).rejects.toThrow('bye');
    abort.abort(new Error('bye'));
    await left;
    expect(aborted()).toBe(false);
    work.resolve('value');
    await expect(staying).resolves.toBe('value');
  });

  it('aborts the work, with the last reason, only when the last has left, and drops what it still brings', async () => {
    const { shared, work, told, at, aborted, reason } = flight();
    const aborts = [new AbortController(), new AbortController()];
    const all = Promise.allSettled(aborts.map(({ signal }) => shared.join({ ...at(0), signal })));
    aborts[0]?.abort(new Error('first'));
    expect(aborted()).toBe(false);
    aborts[1]?.abort(new Error('second'));
    expect(aborted()).toBe(true);
    expect(reason()).toMatchObject({ message: 'second' });
    await all;
    work.resolve('late');
    await settle();
    expect(told.cancelled).toHaveBeenCalledOnce();
    expect(told.landed).not.toHaveBeenCalled();
  });

  it('swallows the error of work that was given up', async () => {
    const { shared, work, told, at } = flight();
    const waiting = outcomeOf(shared.join(at(0)));
    shared.cancel(new Error('enough'));
    work.reject(new Error('late'));
    await settle();
    expect(waiting.now).toMatchObject({ error: { message: 'enough' } });
    expect(told.failed).not.toHaveBeenCalled();
  });

  it('is as urgent as the most urgent of those who wait now', () => {
    const { shared, at } = flight();
    const abort = new AbortController();
    expect(shared.priority()).toBe(-Infinity);
    void shared.join(at(1));
    outcomeOf(shared.join({ ...at(5), signal: abort.signal }));
    expect(shared.priority()).toBe(5);
    abort.abort();
    expect(shared.priority()).toBe(1);
  });

  it('leaves no listener on the signals it was given', async () => {
    const { shared, work, at } = flight();
    const { signal } = new AbortController();
    const waiting = [shared.join({ ...at(0), signal }), shared.join({ ...at(0), signal })];
    work.resolve('value');
    await Promise.all(waiting);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
