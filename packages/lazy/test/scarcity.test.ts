import { describe, expect, it } from 'vitest';
import { Ledger, LazyLoadingManager, MemoryMonitor, type LazyConverter } from '../src/index.js';
import { deferred } from './fixtures/deferred.js';
import { HandMemory } from './fixtures/hand-memory.js';
import { HandClock, HandTimers } from './fixtures/time.js';

const buffers = { convert: (bytes: number) => new ArrayBuffer(bytes) };

async function setUp(sizes: readonly number[], o: ConstructorParameters<typeof LazyLoadingManager>[0] = {}) {
  const clock = new HandClock();
  const timers = new HandTimers();
  const memory = new HandMemory();
  const ledger = new Ledger();
  const manager = new LazyLoadingManager({ clock, timers, memory, ledger, ...o });
  const made: LazyConverter<ArrayBuffer>[] = [];
  for (const bytes of sizes) {
    const lazy = manager.createLazyConverter(buffers, bytes);
    await lazy.load();
    made.push(lazy);
    clock.time += 1;
  }
  const held = (): boolean[] => made.map(({ isLoaded }) => isLoaded);
  return { clock, timers, memory, ledger, manager, made, held };
}

describe('while memory is scarce', () => {
  it('half of what is held goes, the least valuable first, and half again each second', async () => {
    const { memory, timers, clock, held, manager } = await setUp([100, 100, 100, 100]);
    memory.become('moderate');
    expect(held()).toEqual([false, false, true, true]);
    clock.time += 999;
    timers.fire();
    expect(held()).toEqual([false, false, true, true]);
    clock.time += 1;
    timers.fire();
    expect(held()).toEqual([false, false, false, true]);
    expect(manager.stats().unloaded.memory).toBe(3);
  });

  it('nothing that is not in use stays when it is critical', async () => {
    const { memory, made, held, manager } = await setUp([100, 100]);
    const gate = deferred<undefined>();
    const reading = made[1]?.read(() => gate.promise);
    memory.become('critical');
    expect(held()).toEqual([false, true]);
    gate.resolve(undefined);
    await reading;
    expect(manager.cleanup()).toBe(1);
    expect(held()).toEqual([false, false]);
  });

  it('what arrives is still handed out, and goes soon', async () => {
    const { memory, manager, timers, made } = await setUp([100, 100]);
    const gate = deferred<undefined>();
    const reading = made[0]?.read(() => gate.promise);
    memory.become('critical');
    const lazy = manager.createLazyConverter(buffers, 7);
    await expect(lazy.load()).resolves.toHaveProperty('byteLength', 7);
    expect([...timers.running.values()]).toEqual([1000]);
    timers.fire();
    expect(lazy.isLoaded).toBe(false);
    gate.resolve(undefined);
    await reading;
  });

  it('ends when it is none again: what is loaded then stays', async () => {
    const { memory, manager, timers } = await setUp([100, 100]);
    memory.become('moderate');
    memory.become('none');
    const lazy = manager.createLazyConverter(buffers, 500);
    await lazy.load();
    timers.fire();
    expect(lazy.isLoaded).toBe(true);
    expect([...timers.running.values()]).toEqual([300_000]);
  });

  it('a clock that goes back does not keep memory for ever', async () => {
    const { memory, clock, held, manager } = await setUp([100, 100, 100, 100]);
    memory.become('moderate');
    clock.time = -1e9;
    manager.cleanup();
    memory.become('critical');
    expect(held()).toEqual([false, false, false, false]);
  });
});

describe('memory is watched', () => {
  it('only while something is held', async () => {
    const { memory, made, timers } = await setUp([]);
    expect(memory.listeners.size).toBe(0);
    const again = await setUp([1]);
    expect(again.memory.listeners.size).toBe(1);
    again.made[0]?.unload();
    expect([again.memory.listeners.size, again.timers.running.size]).toEqual([0, 0]);
    expect([made.length, timers.running.size]).toEqual([0, 0]);
  });

  it('no more once the manager is closed', async () => {
    const { memory, manager, ledger } = await setUp([5]);
    await manager.close();
    expect([memory.listeners.size, ledger.bytes, ledger.entries()]).toEqual([0, 0, []]);
  });

  it('not at all when told so', async () => {
    const { manager } = await setUp([5], { memory: false });
    expect(manager.stats().held).toBe(1);
  });
});

describe('a monitor that its owner has closed', () => {
  it('spoils nothing: values are loaded, held and let go as before', async () => {
    const monitor = new MemoryMonitor();
    const timers = new HandTimers();
    const manager = new LazyLoadingManager({ memory: monitor, timers });
    const lazy = manager.createLazyConverter(buffers, 8);
    await lazy.load();
    monitor.close();
    await manager.createLazyConverter(buffers, 9).load();
    timers.fire();
    lazy.unload();
    await expect(lazy.load()).resolves.toHaveProperty('byteLength', 8);
    await manager.close();
  });
});

describe('the ledger', () => {
  it('has what is held, once, also while it is iterated over', async () => {
    const { ledger, made } = await setUp([100, 50]);
    expect(ledger.entries()).toEqual([{ name: 'lazy values', bytes: 150, peakBytes: 150 }]);
    made[0]?.unload();
    expect(ledger.bytes).toBe(50);
    const seen: number[] = [];
    for await (const { bytes } of made[1] ?? []) seen.push(bytes, ledger.bytes);
    expect(seen).toEqual([50, 50]);
  });
});
