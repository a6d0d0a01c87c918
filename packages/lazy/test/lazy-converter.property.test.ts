import fc from 'fast-check';
import { describe, it, expect } from 'vitest';
import { LazyLoadingManager, type LazyConverter, type LazyStatus } from '../src/index.js';
import { ControlledAdapter } from './fixtures/adapter.js';
import { HandMemory } from './fixtures/hand-memory.js';
import { outcomeOf, settle } from './fixtures/deferred.js';

/** What ought to be true, in the simplest words there are. */
interface Model {
  status: LazyStatus;
  /** Where a load that is given up goes back to. */
  resting: LazyStatus;
  waiting: number[];
  begun: number;
  value: string | undefined;
  callers: number;
}

interface Real {
  readonly manager: LazyLoadingManager;
  readonly memory: HandMemory;
  readonly adapter: ControlledAdapter<string>;
  readonly lazy: LazyConverter<string>;
  readonly callers: { abort: AbortController; outcome: ReturnType<typeof outcomeOf<string>> }[];
}

type Command = fc.AsyncCommand<Model, Real>;

async function agree(model: Model, { lazy, manager, adapter, callers }: Real): Promise<void> {
  await settle();
  const { state } = lazy;
  expect(state.status).toBe(model.status);
  expect(state.attempts).toBe(model.begun);
  expect(adapter.calls).toHaveLength(model.begun);
  expect(lazy.isLoaded).toBe(model.value !== undefined);
  expect(state.bytes).toBe(model.value?.length ?? 0);
  expect(manager.stats().heldBytes).toBe(model.value?.length ?? 0);
  expect(manager.stats().held).toBe(model.value === undefined ? 0 : 1);
  const pending = [...callers.keys()].filter((id) => callers[id]?.outcome.now === 'pending');
  expect(pending).toEqual(model.waiting);
  // The conversion runs on exactly as long as somebody waits for it.
  if (model.status === 'loading') expect(adapter.last.signal?.aborted).toBe(false);
}

const isLoading = (m: Readonly<Model>): boolean => m.status === 'loading';

class Load implements Command {
  check = (): boolean => true;
  async run(m: Model, r: Real): Promise<void> {
    const abort = new AbortController();
    r.callers.push({ abort, outcome: outcomeOf(r.lazy.load({ signal: abort.signal })) });
    const id = m.callers++;
    if (m.status !== 'closed' && m.status !== 'loaded') {
      m.waiting.push(id);
      if (m.status !== 'loading') {
        m.resting = m.status;
        m.status = 'loading';
        m.begun += 1;
      }
    }
    await agree(m, r);
    if (m.status === 'loaded') expect(r.callers[id]?.outcome.now).toEqual({ value: m.value });
  }
  toString = (): string => 'load';
}

class Leave implements Command {
  readonly which: number;
  constructor(which: number) {
    this.which = which;
  }
  check = (m: Readonly<Model>): boolean => m.waiting.length > 0;
  async run(m: Model, r: Real): Promise<void> {
    const [id] = m.waiting.splice(this.which % m.waiting.length, 1);
    if (id === undefined) return;
    const reason = new Error(`caller ${String(id)} leaves`);
    const current = r.adapter.last;
    r.callers[id]?.abort.abort(reason);
    if (m.waiting.length === 0) m.status = m.resting;
    await agree(m, r);
    expect(r.callers[id]?.outcome.now).toEqual({ error: reason });
    expect(current.signal?.aborted).toBe(m.waiting.length === 0);
  }
  toString = (): string => `leave ${String(this.which)}`;
}

class Resolve implements Command {
  check = isLoading;
  async run(m: Model, r: Real): Promise<void> {
    const value = `value ${String(m.begun)}`;
    r.adapter.last.resolve(value);
    const served = m.waiting.splice(0);
    m.status = 'loaded';
    m.value = value;
    await agree(m, r);
    for (const id of served) expect(r.callers[id]?.outcome.now).toEqual({ value });
    expect(r.lazy.value).toBe(value);
  }
  toString = (): string => 'resolve';
}

class Fail implements Command {
  check = isLoading;
  async run(m: Model, r: Real): Promise<void> {
    const error = new Error(`conversion ${String(m.begun)} failed`);
    r.adapter.last.reject(error);
    const served = m.waiting.splice(0);
    m.status = 'failed';
    await agree(m, r);
    for (const id of served) expect(r.callers[id]?.outcome.now).toEqual({ error });
    expect(r.lazy.state.error).toBe(error);
  }
  toString = (): string => 'fail';
}

/** A conversion that was given up settles after all: nobody may notice. */
class SettleLate implements Command {
  readonly fails: boolean;
  constructor(fails: boolean) {
    this.fails = fails;
  }
  check = (m: Readonly<Model>): boolean => m.begun > 0;
  async run(m: Model, r: Real): Promise<void> {
    for (const call of r.adapter.calls.slice(0, isLoading(m) ? -1 : undefined)) {
      if (this.fails) call.reject(new Error('late'));
      else call.resolve('late');
    }
    await agree(m, r);
  }
  toString = (): string => `settle late, ${this.fails ? 'failing' : 'with a value'}`;
}

class Unload implements Command {
  check = (m: Readonly<Model>): boolean => m.status !== 'closed';
  async run(m: Model, r: Real): Promise<void> {
    r.lazy.unload();
    if (m.status === 'loaded') m.status = 'unloaded';
    m.value = undefined;
    await agree(m, r);
  }
  toString = (): string => 'unload';
}

/** The manager lets go of what nobody is using. */
class Press implements Command {
  check = (): boolean => true;
  async run(m: Model, r: Real): Promise<void> {
    r.memory.become('critical');
    r.memory.become('none');
    if (m.status === 'loaded') m.status = 'unloaded';
    m.value = undefined;
    await agree(m, r);
  }
  toString = (): string => 'memory is scarce';
}

class Cancel implements Command {
  check = (): boolean => true;
  async run(m: Model, r: Real): Promise<void> {
    expect(r.manager.cancel(r.lazy)).toBe(isLoading(m));
    const served = m.waiting.splice(0);
    if (isLoading(m)) m.status = m.resting;
    await agree(m, r);
    for (const id of served) {
      expect(r.callers[id]?.outcome.now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_CANCELLED' } });
    }
  }
  toString = (): string => 'cancel';
}

class Close implements Command {
  check = (): boolean => true;
  async run(m: Model, r: Real): Promise<void> {
    r.lazy.close();
    const served = m.waiting.splice(0);
    m.status = 'closed';
    m.value = undefined;
    await agree(m, r);
    for (const id of served) {
      expect(r.callers[id]?.outcome.now).toMatchObject({ error: { code: 'ERR_PERF_LAZY_CLOSED' } });
    }
  }
  toString = (): string => 'close';
}

/** Several of the above before any promise has had a turn: load, give up, load again, unload, all at once. */
class AtOnce implements Command {
  readonly steps: readonly string[];
  constructor(steps: readonly string[]) {
    this.steps = steps;
  }
  check = (m: Readonly<Model>): boolean => m.status !== 'closed' && !isLoading(m) && m.value === undefined;
  async run(m: Model, r: Real): Promise<void> {
    let alone: number | undefined;
    for (const step of this.steps) {
      if (step === 'load') {
        const abort = new AbortController();
        r.callers.push({ abort, outcome: outcomeOf(r.lazy.load({ signal: abort.signal })) });
        alone = m.callers++;
        m.waiting.push(alone);
      } else if (step === 'leave' && alone !== undefined) {
        r.callers[alone]?.abort.abort();
        m.waiting = m.waiting.filter((id) => id !== alone);
      } else if (step === 'cancel') {
        r.manager.cancel(r.lazy);
        m.waiting = [];
      } else {
        r.lazy.unload();
      }
    }
    // What was given up before its turn never begins.
    if (m.waiting.length > 0) {
      m.resting = m.status;
      m.status = 'loading';
      m.begun += 1;
    }
    await agree(m, r);
  }
  toString = (): string => `at once: ${this.steps.join(', ')}`;
}

describe('a LazyConverter, in whatever order things happen', () => {
  it('agrees with its model', async () => {
    const commands = fc.commands(
      [
        fc.constant(new Load()),
        fc.nat(5).map((which) => new Leave(which)),
        fc.constant(new Resolve()),
        fc.constant(new Fail()),
        fc.boolean().map((fails) => new SettleLate(fails)),
        fc.constant(new Unload()),
        fc.constant(new Press()),
        fc.constant(new Cancel()),
        fc
          .array(fc.constantFrom('load', 'leave', 'cancel', 'unload'), { maxLength: 6 })
          .map((s) => new AtOnce(s)),
        fc.constant(new Close()),
      ],
      { maxCommands: 40 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await fc.asyncModelRun(() => {
          // Conversions that were given up and do not heed it keep their places: there must be enough.
          const memory = new HandMemory();
          const manager = new LazyLoadingManager({ concurrency: 1000, memory });
          const adapter = new ControlledAdapter<string>(10);
          const lazy = manager.createLazyConverter(adapter, 0);
          const real: Real = { manager, memory, adapter, lazy, callers: [] };
          const model: Model = {
            status: 'idle',
            resting: 'idle',
            waiting: [],
            begun: 0,
            value: undefined,
            callers: 0,
          };
          return { model, real };
        }, steps);
      }),
      { numRuns: 300 },
    );
  });
});
